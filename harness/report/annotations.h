/* What GitHub shows of a job: an annotation per gate or claim that does not hold, and a summary in
 * Markdown.
 *
 * An annotation is a line "::error title=...::TEXT" on the standard output of a step; of each kind
 * it shows ten per step (docs.github.com, "Workflow commands"). Names and texts are escaped, so
 * that no workload can write a command, an element or a column of its own. */
#pragma once

#include <stdio.h>

#include "stats/verdicts.h"

struct annotation {
    bool is_error; /* else a warning */
    double weight; /* the larger, the worse; within a kind */
    char *text;
};

struct annotations {
    struct annotation *items;
    size_t count;
    size_t held; /* gates and claims that do hold */
};

enum { ANNOTATIONS_MOST = 10, ANNOTATIONS_SUMMARY_BYTES = 1 << 20 };

/* Adds what does not hold: rows against a baseline that are gated, and claims. */
void annotations_add(struct annotations *annotations, const struct verdicts *verdicts);
void annotations_clear(struct annotations *annotations);

/* Prints at most ANNOTATIONS_MOST, the worst first; the last one says how many more there are. */
void annotations_print(const struct annotations *annotations, FILE *out);

/* The summary: a heading, a list of what does not hold, a table of the rows against a baseline. At
 * most `room` bytes: what is too much is left out, and said. The caller frees it. */
char *annotations_markdown(const struct annotations *annotations, const struct verdicts *verdicts,
                           size_t room);

/* Both, as the environment asks for them: GITHUB_ACTIONS, GITHUB_STEP_SUMMARY (a file that is
 * appended to). `verdicts` may be NULL where there is nothing against a baseline. */
int annotations_publish(const struct annotations *annotations, const struct verdicts *verdicts,
                        FILE *out, struct error *err);
