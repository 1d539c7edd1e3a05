#include "page/page_overview.h"

#include <string.h>

#include "base/text.h"
#include "page/page_region.h"
#include "picture/markup.h"
#include "report/verdict_words.h"

static bool is_shown(const struct verdicts_comparison *comparison)
{
    return comparison->metric == METRIC_ANON && strcmp(comparison->phase, PHASE_SETTLED) == 0;
}

/* The allocators that anything is told of, in the order of the plan. */
static struct text_list candidates_of(const struct report *report)
{
    struct text_list names = {0};
    for (size_t i = 0; i < report->plan->setting_count; i++) {
        const char *name = report->plan->settings[i].name;
        bool is_candidate = false;
        for (size_t j = 0; j < report->verdicts.group_count && !is_candidate; j++) {
            const struct verdicts_group *group = &report->verdicts.groups[j];
            for (size_t k = 0; k < group->comparison_count && !is_candidate; k++) {
                is_candidate = is_shown(&group->comparisons[k]) &&
                               strcmp(group->comparisons[k].candidate, name) == 0;
            }
        }
        if (is_candidate) {
            text_list_add(&names, name);
        }
    }
    return names;
}

static const struct verdicts_comparison *find(const struct verdicts *verdicts,
                                              const struct summary_workload *workload,
                                              const struct summary_group *of, const char *candidate)
{
    const struct verdicts_group *group =
        verdicts_find_group(verdicts, workload->name, workload->parameters, of->object_allocator);
    for (size_t i = 0; group && i < group->comparison_count; i++) {
        const struct verdicts_comparison *comparison = &group->comparisons[i];
        if (is_shown(comparison) && strcmp(comparison->candidate, candidate) == 0) {
            return comparison;
        }
    }
    return NULL;
}

static void put_cell(FILE *out, const struct verdicts_comparison *comparison)
{
    if (!comparison || comparison->missing) {
        fputs("<td class=\"absent\">–</td>", out);
        return;
    }
    const struct interval *effect = &comparison->result.effect;
    struct effect_words words = verdict_words_of_comparison(comparison);
    fprintf(out, "<td class=\"%s\"", page_region_verdict_class(comparison));
    markup_put_value(out, "data-value", effect->estimate);
    markup_put_value(out, "data-low", effect->lower);
    markup_put_value(out, "data-high", effect->upper);
    fprintf(out, ">%s %s</td>", words.estimate, verdict_words_verdict_sign(comparison, false));
}

static void print_row(FILE *out, const struct report *report, size_t index, size_t group,
                      const struct text_list *candidates)
{
    const struct summary_workload *workload = &report->summary.workloads[index];
    fprintf(out, "<tr><th scope=\"row\"><a href=\"#workload-%zu\">", index + 1);
    markup_put_name(out, workload->name);
    fputs("</a>", out);
    page_region_put_group(out, workload, &workload->groups[group]);
    fputs("</th>", out);
    for (size_t i = 0; i < candidates->count; i++) {
        put_cell(out,
                 find(&report->verdicts, workload, &workload->groups[group], candidates->items[i]));
    }
    fputs("</tr>\n", out);
}

static void print_table(FILE *out, const struct report *report, const struct text_list *candidates)
{
    page_region_begin_table(out, "figures", "Workloads", NULL, NULL);
    fputs("<thead><tr><th scope=\"col\">workload</th>", out);
    for (size_t i = 0; i < candidates->count; i++) {
        fputs("<th scope=\"col\">", out);
        markup_put_name(out, candidates->items[i]);
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < report->summary.workload_count; i++) {
        for (size_t j = 0; j < report->summary.workloads[i].group_count; j++) {
            print_row(out, report, i, j, candidates);
        }
    }
    page_region_end_table(out);
    if (candidates->count > 0) {
        fputs("<p class=\"hint\">settled.anon, memory that is held after the load, as a ratio to "
              "the control's: ↓ better, ↑ worse, = the same, ? unknown.</p>\n",
              out);
    }
}

void page_overview_print(FILE *out, const struct report *report)
{
    if (report->summary.workload_count < 2) {
        return;
    }
    struct text_list candidates = candidates_of(report);
    fputs("<nav id=\"overview\" aria-label=\"workloads\">\n", out);
    print_table(out, report, &candidates);
    fputs("</nav>\n", out);
    text_list_clear(&candidates);
}
