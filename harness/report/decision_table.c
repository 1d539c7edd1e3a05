#include "report/decision_table.h"

#include <string.h>

#include "base/cleanup.h"
#include "picture/markup.h"
#include "report/headline_cases.h"
#include "report/markdown.h"
#include "report/verdict_words.h"

enum { MOST_ROWS = 14, NAME = 40 };

static const enum summary_what columns[] = {SUMMARY_START, SUMMARY_PEAK, SUMMARY_END,
                                            SUMMARY_SETTLED, SUMMARY_RELEASED};
enum { COLUMNS = sizeof columns / sizeof *columns };

static size_t rows_of(const struct summary *summary, size_t *groups)
{
    size_t rows = 0;
    *groups = 0;
    for (size_t i = 0; i < summary->workload_count; i++) {
        for (size_t j = 0; j < summary->workloads[i].group_count; j++) {
            rows += summary->workloads[i].groups[j].row_count;
            (*groups)++;
        }
    }
    return rows;
}

static void print_head(bool has_workloads, FILE *out)
{
    fprintf(out,
            "| %sallocator | ok | start | peak rss | end | settled | released | settled, as "
            "ratio | verdict |\n",
            has_workloads ? "workload | " : "");
    fprintf(out, "| %s--- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n",
            has_workloads ? "--- | " : "");
}

/* The comparison of settled.anon of that allocator, or NULL. `is_control`: it is what others are
 * compared with. */
static const struct verdicts_comparison *comparison_of(const struct verdicts *verdicts,
                                                       const struct summary_workload *workload,
                                                       const struct summary_group *group,
                                                       const char *allocator, bool *is_control)
{
    *is_control = false;
    const struct verdicts_group *compared = verdicts_find_group(
        verdicts, workload->name, workload->parameters, group->object_allocator);
    for (size_t i = 0; compared && i < compared->comparison_count; i++) {
        const struct verdicts_comparison *comparison = &compared->comparisons[i];
        if (!headline_cases_is_of(comparison, PHASE_SETTLED, METRIC_ANON)) {
            continue;
        }
        if (strcmp(comparison->candidate, allocator) == 0) {
            return comparison;
        }
        *is_control |= strcmp(comparison->baseline, allocator) == 0;
    }
    return NULL;
}

static void put_verdict(const struct verdicts_comparison *comparison, bool is_control, FILE *out)
{
    if (!comparison) {
        fputs(is_control ? " 1 | compared with |\n" : " – | – |\n", out);
        return;
    }
    const char *verdict = verdict_words_verdict(comparison);
    struct effect_words words = {.estimate = "–"};
    if (!comparison->missing) {
        words = verdict_words_of_comparison(comparison);
    }
    putc(' ', out);
    fprintf(out, "%s%s%s", words.estimate, words.interval[0] ? " " : "", words.interval);
    fprintf(out, " | %s %s |\n", verdict_words_verdict_sign(comparison, false), verdict);
}

static void print_row(const struct report *report, const struct summary_workload *workload,
                      const struct summary_group *group, const struct summary_row *row,
                      bool has_workloads, FILE *out)
{
    bool is_control;
    const struct verdicts_comparison *comparison =
        comparison_of(&report->verdicts, workload, group, row->allocator, &is_control);
    fputs("| ", out);
    if (has_workloads) {
        markdown_put_text(out, workload->name, NAME);
        fputs(group->object_allocator == OBJECT_MALLOC ? ", without pymalloc | " : " | ", out);
    }
    markdown_put_text(out, row->allocator, NAME);
    fprintf(out, " | %zu/%zu |", row->ok, row->total);
    for (size_t i = 0; i < COLUMNS; i++) {
        putc(' ', out);
        markup_put_number(out, row->figures[columns[i]].median / 0x1p20, 1);
        fputs(" |", out);
    }
    put_verdict(comparison, is_control, out);
}

/* What the intervals and the verdicts of the table are; nothing where nothing is compared. */
static void print_reading(const struct verdicts *verdicts, FILE *out)
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        for (size_t j = 0; j < verdicts->groups[i].comparison_count; j++) {
            const struct verdicts_comparison *comparison = &verdicts->groups[i].comparisons[j];
            if (!comparison->missing &&
                headline_cases_is_of(comparison, PHASE_SETTLED, METRIC_ANON)) {
                fprintf(out,
                        " In brackets the %.3g %% interval of the ratio; better or worse is what "
                        "lies beyond %.3g to %.3g with all of it.",
                        100 * (1 - comparison->result.alpha), comparison->result.low_edge,
                        comparison->result.high_edge);
                return;
            }
        }
    }
}

void decision_table_print(const struct report *report, FILE *out)
{
    const struct summary *summary = &report->summary;
    size_t groups, printed = 0, total = rows_of(summary, &groups);
    if (total == 0) {
        return;
    }
    fputs("## Figures\n\n", out);
    print_head(groups > 1, out);
    for (size_t i = 0; i < summary->workload_count; i++) {
        const struct summary_workload *workload = &summary->workloads[i];
        for (size_t j = 0; j < workload->group_count; j++) {
            const struct summary_group *group = &workload->groups[j];
            for (size_t k = 0; k < group->row_count && printed < MOST_ROWS; k++, printed++) {
                print_row(report, workload, group, &group->rows[k], groups > 1, out);
            }
        }
    }
    fputs("\nMiB of anonymous memory, medians of the runs that were ok; peak rss counts files too.",
          out);
    print_reading(&report->verdicts, out);
    if (printed < total) {
        fprintf(out, " %zu more rows are in the report.", total - printed);
    }
    fputs("\n\n", out);
}
