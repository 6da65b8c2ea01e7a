// The hub.yaml that `hubctl init` writes; the hub knows these values without it.

/// What a new hub's settings file says.
enum DefaultConfiguration {
    static let text = """
        # Settings of this hub. Each key may be left out; hubd refuses one that it does not know and names it.

        # Where to listen; the command line's --listen wins.
        listen: "127.0.0.1:7443"

        """
}
