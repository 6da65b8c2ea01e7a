"""What the hub stands: floods, hostile clients, strange but allowed input, short deadlines, thousands of idle sessions.

`make load` measures it and writes LOAD.md. `python3 -m under_load.run --help` tells of the parts.
"""
