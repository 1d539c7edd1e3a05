/* Text of others in Markdown, so that GitHub (GFM) and every CommonMark reader show it and do
 * nothing else with it.
 *
 * It opens no link, picture, emphasis, HTML, list or heading, leaves no table's cell, and mentions
 * nobody: "@name", "#123", "http://", ":emoji:" and addresses are what is linked after all escapes
 * are resolved, so there the sign that makes them stands in a code span of its own. Control
 * characters, what turns the direction of writing around, and broken UTF-8 become U+FFFD.
 *
 * Trap: the functions do not fail; the stream remembers the error until it is flushed. */
#pragma once

#include <stddef.h>
#include <stdio.h>

/* On one line, at most `most` characters of it and an ellipsis if there are more. Fit for the
 * beginning of a line, for a table's cell and for a heading. */
void markdown_put_text(FILE *out, const char *text, size_t most);

/* As code, on one line, all else as above. Not in a table, where '|' would end the cell; nothing if
 * the text is empty. */
void markdown_put_code(FILE *out, const char *text, size_t most);

/* A block of shell code that no run of backticks in it can end. `text` has lines, the last one
 * without an end; none is cut. */
void markdown_put_block(FILE *out, const char *text);
