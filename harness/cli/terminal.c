#include "cli/terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

unsigned terminal_columns(FILE *stream)
{
    struct winsize size;
    return ioctl(fileno(stream), TIOCGWINSZ, &size) || size.ws_col == 0 ? 80 : size.ws_col;
}

unsigned terminal_width(FILE *stream)
{
    unsigned width = terminal_columns(stream);
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
