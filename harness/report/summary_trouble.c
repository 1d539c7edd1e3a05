#include "report/summary_trouble.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* ---- what was not ok ---- */

static char *copy_bytes(const char *bytes, size_t length)
{
    char *copy = text_allocate(length + 1);
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

void summary_trouble_add_failure(struct summary_row *row, const struct record *record)
{
    for (size_t i = 0; i < row->failure_count; i++) {
        if (row->failures[i].outcome == record->outcome) {
            row->failures[i].count++;
            return;
        }
    }
    row->failures = text_grow(row->failures, row->failure_count + 1, sizeof *row->failures);
    row->failures[row->failure_count++] = (struct summary_failure){
        .outcome = record->outcome,
        .is_expected = record_is_expected(record),
        .count = 1,
        .trial = record->trial->number,
        .summary = text_copy(record->summary),
        .hint = text_copy(record->hint),
        .traceback = text_copy(record->traceback),
        .stacks = text_copy(record->stacks),
        .output = copy_bytes(record->output, record->output_length),
        .output_length = record->output_length,
    };
}

const struct summary_failure *summary_find_same(const struct summary_workload *workload,
                                                const struct summary_failure *failure)
{
    for (size_t i = 0; i < workload->group_count; i++) {
        for (size_t j = 0; j < workload->groups[i].row_count; j++) {
            const struct summary_row *row = &workload->groups[i].rows[j];
            for (size_t k = 0; k < row->failure_count; k++) {
                const struct summary_failure *other = &row->failures[k];
                if (other == failure) {
                    return NULL;
                }
                if (other->outcome == failure->outcome &&
                    strcmp(other->summary, failure->summary) == 0) {
                    return other;
                }
            }
        }
    }
    return NULL;
}

void summary_trouble_clear_row(struct summary_row *row)
{
    for (size_t i = 0; i < row->failure_count; i++) {
        struct summary_failure *failure = &row->failures[i];
        free(failure->summary);
        free(failure->hint);
        free(failure->traceback);
        free(failure->stacks);
        free(failure->output);
    }
    free(row->failures);
}

/* ---- what to doubt ---- */

/* Skips a number, with its sign, if one begins here; numbers inside of words are words. */
static const char *skip_number(const char *text, const char *begin)
{
    const char *digits = text + (*text == '+' || *text == '-');
    if (!isdigit((unsigned char)*digits) || (text > begin && text[-1] != ' ')) {
        return text;
    }
    return digits + strspn(digits, "0123456789.");
}

static bool is_alike(const char *a, const char *b)
{
    const char *a_begin = a, *b_begin = b;
    for (;; a++, b++) {
        const char *a_next = skip_number(a, a_begin), *b_next = skip_number(b, b_begin);
        if ((a_next > a) != (b_next > b) || *a_next != *b_next) {
            return false;
        }
        if (*a_next == '\0') {
            return true;
        }
        a = a_next;
        b = b_next;
    }
}

static void add_name(struct text_list *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return;
        }
    }
    text_list_add(names, name);
}

static void add_warning(struct summary_workload *workload, const char *text, const char *allocator)
{
    size_t i = 0;
    while (i < workload->warning_count && !is_alike(workload->warnings[i].text, text)) {
        i++;
    }
    if (i == workload->warning_count) {
        workload->warnings = text_grow(workload->warnings, i + 1, sizeof *workload->warnings);
        workload->warnings[workload->warning_count++] =
            (struct summary_warning){.text = text_copy(text)};
    }
    workload->warnings[i].count++;
    add_name(&workload->warnings[i].allocators, allocator);
}

void summary_trouble_add_warnings(struct summary_workload *workload, const struct record *record)
{
    const char *allocator = record->trial->setting->name;
    for (size_t i = 0; i < record->sample_count; i++) {
        cleanup_free char *doubt = sample_doubt_text(&record->samples[i]);
        workload->doubts[sample_doubt(&record->samples[i])]++;
        if (doubt) {
            cleanup_free char *text = text_format("%s: %s", record->samples[i].phase, doubt);
            add_warning(workload, text, allocator);
        }
    }
    for (size_t i = 0; i < record->warnings.count; i++) {
        add_warning(workload, record->warnings.items[i], allocator);
    }
}

void summary_trouble_clear_workload(struct summary_workload *workload)
{
    for (size_t i = 0; i < workload->warning_count; i++) {
        free(workload->warnings[i].text);
        text_list_clear(&workload->warnings[i].allocators);
    }
    free(workload->warnings);
}
