#include "report/table.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "report/causes.h"
#include "report/course.h"
#include "report/figures.h"
#include "report/headcount_table.h"
#include "report/layers.h"
#include "report/prose.h"
#include "report/result_lines.h"
#include "report/trouble.h"
#include "report/verdict_lines.h"
#include "report/words.h"

enum { NARROWEST = 40, WIDEST = 200 };

static const char *plural(unsigned count)
{
    return count == 1 ? "" : "s";
}

static void print_heading(const struct prose *prose, const struct summary *summary,
                          const struct summary_workload *workload)
{
    prose_caption(prose, PROSE_BOLD, workload->name);
    prose_wrap(prose, 2, 2, workload->summary);
    prose_wrap(prose, 2, 4, workload->parameters);
    cleanup_free char *runs =
        text_format("%u run%s of each allocator, %u cycle%s per run", summary->runs,
                    plural(summary->runs), summary->cycles, plural(summary->cycles));
    prose_wrap(prose, 2, 4, runs);
}

static bool has_figures(const struct summary *summary)
{
    for (size_t i = 0; i < summary->workload_count; i++) {
        for (size_t j = 0; j < summary->workloads[i].group_count; j++) {
            if (summary->workloads[i].groups[j].ok > 0) {
                return true;
            }
        }
    }
    return false;
}

static void print_word(void *context, const char *word, const char *meaning)
{
    enum { INDENT = 16 };
    prose_define(context, word, INDENT, meaning);
}

static void print_words(const struct prose *prose, const struct report *report, bool has_course)
{
    struct prose words = *prose;
    putc('\n', prose->out);
    prose_caption(prose, PROSE_BOLD, "Words");
    fputs(prose->color ? PROSE_DIM : "", prose->out);
    words_each(&report->summary, prose->ascii ? "+-" : "±", "-", print_word, &words);
    if (has_course) {
        print_word(&words, "over time",
                   "rss of the one run whose end is the median; each mark is "
                   "the highest in its stretch of time");
    }
    verdict_lines_words(prose, &report->verdicts);
    fputs(prose->color ? PROSE_PLAIN : "", prose->out);
}

/* Returns whether it has a course. */
static bool print_workload(const struct prose *prose, const struct report *report,
                           const struct summary_workload *workload)
{
    const struct summary *summary = &report->summary;
    print_heading(prose, summary, workload);
    figures_memory(prose, workload, summary->cycles);
    bool has_course = course_print(prose, summary, workload, report->records, report->record_count);
    figures_objects(prose, workload);
    layers_print(prose, workload);
    causes_print(prose, summary, workload);
    headcount_table_print(prose, workload);
    verdict_lines_workload(prose, &report->verdicts, workload->name, workload->parameters);
    trouble_print(prose, workload);
    return has_course;
}

void table_print(const struct report *report, FILE *out, unsigned width, bool color, bool utf8)
{
    width = width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
    struct prose prose = {.out = out, .width = width, .color = color, .ascii = !utf8};
    bool has_course = false;
    for (size_t i = 0; i < report->summary.workload_count; i++) {
        fputs(i > 0 ? "\n\n" : "", out);
        has_course = print_workload(&prose, report, &report->summary.workloads[i]) || has_course;
    }
    if (has_figures(&report->summary)) {
        print_words(&prose, report, has_course);
    }
    result_lines_limits(&prose, &report->limits);
    result_lines_print(&prose, &report->headlines, &report->verdicts);
}
