/* When a comparison is looked at, and what chance of error each look may spend.
 *
 * A run whose claims or gates decide is looked at after 8, 12 and 20 blocks, and ends at the first
 * look at which nothing is unknown. Each look has a third of ALPHA (Bonferroni), so the whole keeps
 * ALPHA however early it ends; the interval shown is the one judged, and is one of 98.3 %. A number
 * of runs that was fixed beforehand is one look at the full ALPHA: its interval is one of 95 %.
 * Trap: to look, and to go on because of what was seen, without having planned it as a look, makes
 * the rate of false alarms 17 % instead of 5 %. */
#pragma once

#include <stddef.h>

/* The chance of a wrong verdict in one comparison, all its looks together. */
#define LOOKS_ALPHA 0.05

#define LOOKS_COUNT 3
extern const size_t looks_blocks[LOOKS_COUNT]; /* 8, 12, 20 */

/* What one look may spend of ALPHA, when `looks` are planned; 0 counts as 1. */
double looks_alpha(size_t looks);

/* Blocks at the next planned look after `done` blocks, or 0 if there is none. */
size_t looks_next(size_t done);
