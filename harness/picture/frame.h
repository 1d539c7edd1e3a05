/* What all pictures share: the frame with its title and description, texts, straight lines and
 * marks, all with numbers that do not depend on the locale.
 *
 * A picture is part of a page, whose style sheet holds picture.css, or a file of its own, which
 * then carries that style: the same shapes in both. Neither has a colour of its own: what is drawn
 * for the allocator with index I is in a group of the class "sN dM" (frame_begin_series), for which
 * picture.css has FRAME_COLORS colours and FRAME_DASHES kinds of dashes, so it reads on light, on
 * dark and in print.
 *
 * Lengths are user units of the SVG, y downwards, written to a tenth. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    FRAME_WIDTH = 720,
    FRAME_FONT = 12,  /* of names */
    FRAME_SMALL = 11, /* of ticks and notes */
    FRAME_COLORS = 7,
    FRAME_DASHES = 4,
    FRAME_DESCRIPTION = 6000, /* characters of it that are written: names may be long */
};

struct frame {
    const char *id; /* unique in its page: letters, digits, '-' */
    const char *title, *description;
    bool is_file; /* a file of its own: its title is seen above it */
};

/* `class` begins with "chart". */
void frame_begin(FILE *out, const struct frame *frame, const char *class, double height);
void frame_end(FILE *out);

/* A group of what belongs to the allocator of that name and index, of class "<class> sN dM", with
 * the name in `data-name`: the page's script makes a control of each, which hides all groups of
 * that index in its figure. */
void frame_begin_series(FILE *out, const char *class, size_t index, const char *name);
void frame_end_group(FILE *out);

/* To a tenth, as it is written. */
double frame_round(double length);
/* " name=\"12.3\"", to a tenth. */
void frame_put_length(FILE *out, const char *name, double length);

/* Leaves the text open, for what is written into it; frame_end_text closes it. */
void frame_begin_text(FILE *out, const char *class, double x, double y);
void frame_end_text(FILE *out);

/* A straight line. */
void frame_put_line(FILE *out, const char *class, double x1, double y1, double x2, double y2);

/* A mark of a kind, whose shape tells it from others where colours do not, of class "mark" or
 * "mark hollow"; leaves the tag open for attributes. */
void frame_begin_mark(FILE *out, const char *class, size_t kind, double x, double y);
