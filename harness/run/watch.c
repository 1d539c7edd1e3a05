#include "run/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

void watch_conclude(struct watch *watch, enum outcome outcome, const char *hint, const char *format,
                    ...)
{
    struct record *record = watch->record;
    if (record->outcome != OUTCOME_UNFINISHED) {
        return;
    }
    char summary[WIRE_SUMMARY_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(summary, sizeof summary, format, arguments);
    va_end(arguments);
    text_tame(summary);
    record->outcome = outcome;
    record_set_text(&record->summary, summary);
    record_set_text(&record->hint, hint);
}

void watch_warn(struct watch *watch, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_list_add(&watch->record->warnings, text);
}
