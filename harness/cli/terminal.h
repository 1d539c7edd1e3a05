/* What the streams are: how wide, whether for people, whether with colour. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* Columns of the terminal, or 80 where there is none. */
unsigned terminal_columns(FILE *stream);

/* For text that is to be read: the same in [40, 200]. */
unsigned terminal_width(FILE *stream);

bool terminal_is_one(FILE *stream);

/* A terminal that can do it, and neither --no-color nor NO_COLOR (https://no-color.org). */
bool terminal_has_color(FILE *stream, bool is_forbidden);

/* Whether the locale's character set is UTF-8. */
bool terminal_is_utf8(void);
