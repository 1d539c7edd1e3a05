#include "measure/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

const char *finding_grade_name(enum finding_grade grade)
{
    static const char *const names[FINDING_GRADES] = {"ok", "warn", "fail"};
    return names[grade];
}

static void add(struct findings *findings, enum finding_grade grade, const char *subject,
                const char *hint, const char *format, va_list arguments)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, arguments);
    text_tame(text);
    findings->items = text_grow(findings->items, findings->count + 1, sizeof *findings->items);
    findings->items[findings->count++] = (struct finding){.grade = grade,
                                                          .subject = text_copy(subject),
                                                          .text = text_copy(text),
                                                          .hint = hint ? text_copy(hint) : NULL};
}

void findings_ok(struct findings *findings, const char *subject, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(findings, FINDING_OK, subject, NULL, format, arguments);
    va_end(arguments);
}

void findings_add(struct findings *findings, enum finding_grade grade, const char *subject,
                  const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(findings, grade, subject, hint, format, arguments);
    va_end(arguments);
}

void findings_clear(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].subject);
        free(findings->items[i].text);
        free(findings->items[i].hint);
    }
    free(findings->items);
    *findings = (struct findings){0};
}

size_t findings_count(const struct findings *findings, enum finding_grade grade)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        count += findings->items[i].grade == grade;
    }
    return count;
}
