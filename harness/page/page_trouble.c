#include "page/page_trouble.h"

#include <stdbool.h>
#include <string.h>

#include "picture/markup.h"

/* Of a traceback, of stacks, of output: its end. 0: none of it. */
static const size_t most_bytes[PAGE_DETAILS] = {
    [PAGE_WHOLE] = 16 * 1024, [PAGE_NO_TABLES] = 2 * 1024, [PAGE_ONE_BAR] = 1024};

static void print_evidence(FILE *out, const char *what, const char *text, size_t length,
                           enum page_detail detail)
{
    size_t most = most_bytes[detail];
    if (length == 0 || most == 0) {
        return;
    }
    size_t left_out = length > most ? length - most : 0;
    fprintf(out,
            "<details>\n<summary>%s</summary>\n<pre tabindex=\"0\" role=\"region\" "
            "aria-label=\"%s\">\n",
            what, what);
    if (left_out > 0) {
        fprintf(out, "(%zu bytes before this are left out)\n", left_out);
    }
    markup_put_block(out, text + left_out, length - left_out);
    fputs("</pre>\n</details>\n", out);
}

static void print_headline(FILE *out, const struct summary_workload *workload,
                           const struct summary_group *group, const struct summary_row *row,
                           const struct summary_failure *failure)
{
    fputs("<p><strong>", out);
    markup_put_name(out, row->allocator);
    fputs("</strong>", out);
    if (workload->group_count > 1) {
        fprintf(out, " (%s)", options_object_allocator_name(group->object_allocator));
    }
    fprintf(out, ": <span class=\"outcome\">%s</span>%s in %zu of %zu run%s",
            outcome_name(failure->outcome), failure->is_expected ? ", as expected," : "",
            failure->count, row->total, row->total == 1 ? "" : "s");
    if (failure->summary[0]) {
        fputs(": ", out);
        markup_put_paragraph(out, failure->summary);
    }
}

static void print_failure(FILE *out, const struct summary_workload *workload,
                          const struct summary_group *group, const struct summary_row *row,
                          const struct summary_failure *failure, enum page_detail detail)
{
    const struct summary_failure *same = summary_find_same(workload, failure);
    fprintf(out, "<div class=\"failure%s\" id=\"trial-%u\">\n",
            failure->is_expected ? " expected" : "", failure->trial);
    print_headline(out, workload, group, row, failure);
    if (same) {
        fprintf(out, " (as in <a href=\"#trial-%u\">trial %u</a>)</p>\n", same->trial, same->trial);
    } else {
        fputs("</p>\n", out);
        if (failure->hint[0]) {
            fputs("<p class=\"hint\">hint: ", out);
            markup_put_paragraph(out, failure->hint);
            fputs("</p>\n", out);
        }
        print_evidence(out, "Traceback", failure->traceback, strlen(failure->traceback), detail);
        print_evidence(out, "What its threads were doing", failure->stacks, strlen(failure->stacks),
                       detail);
        print_evidence(out, "End of its output", failure->output, failure->output_length, detail);
    }
    fputs("</div>\n", out);
}

static void print_failures(FILE *out, const struct summary_workload *workload,
                           enum page_detail detail)
{
    bool is_first = true;
    for (size_t i = 0; i < workload->group_count; i++) {
        for (size_t j = 0; j < workload->groups[i].row_count; j++) {
            const struct summary_row *row = &workload->groups[i].rows[j];
            for (size_t k = 0; k < row->failure_count; k++) {
                fputs(is_first ? "<h3>Not ok</h3>\n" : "", out);
                is_first = false;
                print_failure(out, workload, &workload->groups[i], row, &row->failures[k], detail);
            }
        }
    }
}

static void print_warning(FILE *out, const struct summary_warning *warning)
{
    fputs("<li>", out);
    for (size_t i = 0; i < warning->allocators.count; i++) {
        fputs(i > 0 ? ", " : "", out);
        markup_put_name(out, warning->allocators.items[i]);
    }
    fputs(": ", out);
    markup_put_paragraph(out, warning->text);
    if (warning->count > 1) {
        fprintf(out, " (%zu times)", warning->count);
    }
    fputs("</li>\n", out);
}

void page_trouble_print(FILE *out, const struct summary_workload *workload, enum page_detail detail)
{
    print_failures(out, workload, detail);
    if (workload->warning_count > 0) {
        fputs("<h3>Warnings</h3>\n<ul class=\"warnings\">\n", out);
        for (size_t i = 0; i < workload->warning_count; i++) {
            print_warning(out, &workload->warnings[i]);
        }
        fputs("</ul>\n", out);
    }
}
