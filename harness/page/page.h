/* The report of a run as one HTML file that needs nothing else: no request, and no script to be
 * read.
 *
 * It is for reading in five years, in print and on a telephone: the pictures are SVG, the style and
 * the script (page.js: tables sort, marks tell their values, lines hide) are the only ones that the
 * page's own Content-Security-Policy lets in (by their hashes), and every text of others goes
 * through markup.h. Every figure carries its exact value in `data-value`: bytes, seconds, counts,
 * and shares for what is shown in %.
 *
 * A part of it is a file page_*.c, called from page.c. */
#pragma once

#include <stdio.h>

#include "report/report.h"

/* Bytes: what still opens at once and can be mailed. A page that would be larger leaves out what
 * the CSV files have as well, step by step (enum page_detail), and says so. */
enum { PAGE_LARGEST = 1000000 };

/* Writes the page. Check ferror. */
void page_print(const struct report *report, FILE *out);

/* Writes it to `path`, replacing a file that is there, whole or not at all. */
int page_write(const struct report *report, const char *path, struct error *err);
