#include "report/trouble.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* The end of what the first trial of a failure said; empty parts are left out. */
static void print_evidence(const struct prose *prose, const struct summary_failure *failure)
{
    enum { TRACEBACK = 12, THREADS = 24, OUTPUT = 10 }; /* lines */
    const struct {
        const char *what, *text;
        size_t length;
        unsigned lines;
    } parts[] = {
        {"the end of its traceback", failure->traceback, strlen(failure->traceback), TRACEBACK},
        {"what its threads were doing", failure->stacks, strlen(failure->stacks), THREADS},
        {"the end of its output", failure->output, failure->output_length, OUTPUT}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].length > 0) {
            fprintf(prose->out, "    trial %u, %s:\n", failure->trial, parts[i].what);
            prose_quote(prose, "    | ", parts[i].text, parts[i].length, parts[i].lines);
        }
    }
}

static void print_failure(const struct prose *prose, const struct summary_workload *workload,
                          const struct summary_group *group, const struct summary_row *row,
                          const struct summary_failure *failure)
{
    const struct summary_failure *same = summary_find_same(workload, failure);
    cleanup_free char *place =
        workload->group_count == 1
            ? text_copy(row->allocator)
            : text_format("%s (%s)", row->allocator,
                          options_object_allocator_name(group->object_allocator));
    cleanup_free char *headline =
        text_format("%s: %s%s in %zu of %zu run%s%s%s", place, outcome_name(failure->outcome),
                    failure->is_expected ? ", as expected," : "", failure->count, row->total,
                    row->total == 1 ? "" : "s", failure->summary[0] ? ": " : "", failure->summary);
    prose_wrap(prose, 2, 4, headline);
    if (same) {
        fprintf(prose->out, "    as in trial %u above\n", same->trial);
        return;
    }
    if (failure->hint[0]) {
        cleanup_free char *hint = text_format("hint: %s", failure->hint);
        prose_wrap(prose, 4, 10, hint);
    }
    if (!failure->is_expected) {
        print_evidence(prose, failure);
    }
}

static void print_failures(const struct prose *prose, const struct summary_workload *workload)
{
    bool is_first = true;
    for (size_t i = 0; i < workload->group_count; i++) {
        for (size_t j = 0; j < workload->groups[i].row_count; j++) {
            const struct summary_row *row = &workload->groups[i].rows[j];
            for (size_t k = 0; k < row->failure_count; k++) {
                if (is_first) {
                    putc('\n', prose->out);
                    prose_caption(prose, PROSE_BOLD PROSE_RED, "Not ok");
                    is_first = false;
                }
                print_failure(prose, workload, &workload->groups[i], row, &row->failures[k]);
            }
        }
    }
}

static void print_warnings(const struct prose *prose, const struct summary_workload *workload)
{
    if (workload->warning_count > 0) {
        putc('\n', prose->out);
        prose_caption(prose, PROSE_BOLD PROSE_YELLOW, "Warnings");
    }
    for (size_t i = 0; i < workload->warning_count; i++) {
        const struct summary_warning *warning = &workload->warnings[i];
        cleanup_free char *names = text_join(&warning->allocators, ", ");
        cleanup_free char *text = warning->count == 1 ? text_format("%s: %s", names, warning->text)
                                                      : text_format("%s: %s (%zu times)", names,
                                                                    warning->text, warning->count);
        prose_wrap(prose, 2, 4, text);
    }
}

void trouble_print(const struct prose *prose, const struct summary_workload *workload)
{
    print_failures(prose, workload);
    print_warnings(prose, workload);
}
