#include "cli/terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

unsigned terminal_width(FILE *stream)
{
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) || size.ws_col == 0) {
        return 80;
    }
    unsigned width = size.ws_col;
    return width < 40 ? 40 : width > 200 ? 200 : width;
}

bool terminal_is_one(FILE *stream)
{
    return isatty(fileno(stream));
}

bool terminal_has_color(FILE *stream, bool is_forbidden)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return !is_forbidden && terminal_is_one(stream) && !(no_color && *no_color) && term &&
           strcmp(term, "dumb") != 0;
}

bool terminal_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
