/* shim.h: the system's cairo and FreeType (Debian: libcairo2-dev), as their own headers declare them. */
#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_ADVANCES_H
