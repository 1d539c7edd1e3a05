/* HTML and SVG as a strict reader sees them: like XML, but for the document type. */
#pragma once

#include <stddef.h>

/* Fails the running test unless every tag is closed by its own, attributes are quoted and stand
 * once in their tag, ids are unique and what refers to one finds it, text is valid UTF-8 without
 * control characters and every '&' begins one of our five references. Styles in attributes and
 * handlers fail too, and scripts but the page's own: one, without attributes, that is the last in
 * the page. */
void elements_check(const char *text);

/* The tags with the names of their attributes, a line each, without the texts and values; the
 * caller frees it. */
char *elements_outline(const char *text);

/* How often `part` is in `text`. */
size_t elements_count(const char *text, const char *part);
