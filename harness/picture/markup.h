/* Text and numbers into HTML and SVG, so that nothing a stranger wrote can act there.
 *
 * What comes from workloads, file names, hosts or users goes through here and nowhere else. It
 * cannot open a tag, leave an attribute (double or single quotes), steer a terminal that shows the
 * page's source, or turn the direction of writing around: control characters and broken UTF-8
 * become U+FFFD. What is written is well-formed XML as well.
 *
 * Trap: the functions do not fail; the stream remembers the error until it is flushed. */
#pragma once

#include <stddef.h>
#include <stdio.h>

enum { /* characters that are shown */
       MARKUP_NAME = 60,
       MARKUP_PARAGRAPH = 1000,
};

/* As one line: white space becomes blanks. Fit for an element and for an attribute. */
void markup_put_text(FILE *out, const char *text);

/* At most `most` characters of it, and an ellipsis if there are more. */
void markup_put_cut(FILE *out, const char *text, size_t most);

/* A name inside of a sentence or a cell: cut at MARKUP_NAME, and isolated, so that one written from
 * right to left leaves its surroundings alone. Not for an attribute. */
void markup_put_name(FILE *out, const char *name);

/* A sentence or a fact of others, cut at MARKUP_PARAGRAPH and isolated as well. */
void markup_put_paragraph(FILE *out, const char *text);

/* For a <pre>: line ends and tabs stay. */
void markup_put_block(FILE *out, const char *text, size_t length);

/* A number as people read it, with that many decimals; an en dash if it is NAN. Neither
 * this nor the next depends on the locale. */
void markup_put_number(FILE *out, double value, int decimals);

/* A number in full, as the CSV files have it: up to nine decimals; nothing if NAN. */
void markup_put_exact(FILE *out, double value);

/* " name=\"12.5\"", exactly; nothing if it is NAN or infinite. */
void markup_put_value(FILE *out, const char *name, double value);

/* Bytes in base64, for a URL of data and for a hash. */
void markup_put_base64(FILE *out, const void *bytes, size_t length);
