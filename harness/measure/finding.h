/* Findings: what a check found, how grave it is, and how to mend it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum finding_grade {
    FINDING_OK,
    FINDING_WARN, /* something is measured less well, or not at all */
    FINDING_FAIL, /* nothing can be measured without it */
    FINDING_GRADES,
};

struct finding {
    enum finding_grade grade;
    char *subject; /* a word or two: "huge pages" */
    char *text;    /* one line */
    char *hint;    /* what to do, one line; NULL if it is ok */
};

struct findings {
    struct finding *items;
    size_t count;
};

/* "ok", "warn", "fail". */
const char *finding_grade_name(enum finding_grade grade);

/* Adds one that is ok. */
void findings_ok(struct findings *findings, const char *subject, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds one that is not. */
void findings_add(struct findings *findings, enum finding_grade grade, const char *subject,
                  const char *hint, const char *format, ...) __attribute__((format(printf, 5, 6)));
void findings_clear(struct findings *findings);

size_t findings_count(const struct findings *findings, enum finding_grade grade);
