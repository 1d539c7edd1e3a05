#include "page/page_causes.h"

#include <math.h>

#include "page/page_region.h"
#include "picture/markup.h"

/* ---- causes ---- */

static void print_causes(FILE *out, const struct summary_workload *workload,
                         const struct summary_group *group)
{
    page_region_begin_table(out, "facts", "Why memory is held over start", workload, group);
    fputs("<tbody>\n", out);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        page_region_begin_row(out, row->allocator);
        fputs("<td", out);
        markup_put_value(out, "data-value", row->cause_figures[SUMMARY_CAUSE_HELD].median);
        fputs(">cause: ", out);
        markup_put_text(out, row->cause_text);
        fputs("</td></tr>\n", out);
    }
    page_region_end_table(out);
}

static void print_trial(FILE *out, const struct summary_row *row, const struct summary_trial *trial)
{
    page_region_begin_row(out, row->allocator);
    fprintf(out, "<td data-value=\"%u\">%u</td><td>%s</td>", trial->number, trial->number,
            outcome_name(trial->outcome));
    page_region_put_cell(out, trial->cause.is_known ? trial->cause.held : METRIC_ABSENT, 0x1p20, 1);
    fputs("<td>", out);
    markup_put_paragraph(out, trial->cause_text);
    fputs("</td></tr>\n", out);
}

static void print_trials(FILE *out, const struct summary_workload *workload,
                         const struct summary_group *group)
{
    fputs("<details>\n<summary>The cause in each trial</summary>\n", out);
    page_region_begin_table(out, "figures causes", "Why memory is held in each trial", workload,
                            group);
    fputs("<thead><tr><th scope=\"col\">allocator</th><th scope=\"col\">trial</th>"
          "<th scope=\"col\">outcome</th><th scope=\"col\">held<small>MiB</small></th>"
          "<th scope=\"col\">cause</th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < group->row_count; i++) {
        for (size_t j = 0; j < group->rows[i].trial_count; j++) {
            print_trial(out, &group->rows[i], &group->rows[i].trials[j]);
        }
    }
    page_region_end_table(out);
    fputs("</details>\n", out);
}

static void print_advice(FILE *out, const struct summary_group *group,
                         const struct summary_advice *advice)
{
    fprintf(out, "<li><strong>%s</strong>: ", cause_name(advice->kind));
    markup_put_text(out, advice->remedy);
    if (advice->allocators.count < group->row_count) {
        for (size_t i = 0; i < advice->allocators.count; i++) {
            fputs(i == 0 ? " (" : ", ", out);
            markup_put_name(out, advice->allocators.items[i]);
        }
        putc(')', out);
    }
    fputs("</li>\n", out);
}

static void print_advices(FILE *out, const struct summary_group *group)
{
    if (group->advice_count > 0) {
        fputs("<h3>What follows</h3>\n<ul class=\"advice\">\n", out);
        for (size_t i = 0; i < group->advice_count; i++) {
            print_advice(out, group, &group->advices[i]);
        }
        fputs("</ul>\n", out);
    }
}

/* ---- how fast it goes back ---- */

static void put_decay(FILE *out, const struct summary_decay *decay, double settle)
{
    if (metric_is_absent(decay->median)) {
        fputs("<td class=\"absent\">–</td>", out);
    } else if (isinf(decay->median)) {
        fputs("<td>&gt; ", out);
        markup_put_number(out, settle, settle == floor(settle) ? 0 : 2);
        fputs("</td>", out);
    } else {
        fputs("<td data-value=\"", out);
        markup_put_exact(out, decay->median);
        fputs("\">", out);
        markup_put_number(out, decay->median, 2);
        fputs("</td>", out);
    }
}

static void print_decays(FILE *out, const struct summary *summary,
                         const struct summary_workload *workload, const struct summary_group *group)
{
    page_region_begin_table(out, "figures few", "Time until it went back by itself", workload,
                            group);
    fputs("<thead><tr><th scope=\"col\">allocator</th><th scope=\"col\">50%<small>seconds</small>"
          "</th><th scope=\"col\">90%<small>seconds</small></th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < group->row_count; i++) {
        page_region_begin_row(out, group->rows[i].allocator);
        for (int j = 0; j < SUMMARY_DECAYS; j++) {
            put_decay(out, &group->rows[i].decays[j], summary->settle);
        }
        fputs("</tr>\n", out);
    }
    page_region_end_table(out);
}

void page_causes_print(FILE *out, const struct summary *summary,
                       const struct summary_workload *workload, const struct summary_group *group,
                       enum page_detail detail)
{
    if (group->has_causes) {
        print_causes(out, workload, group);
        if (detail < PAGE_NO_TABLES) {
            print_trials(out, workload, group);
        }
        print_advices(out, group);
    }
    if (group->has_decays && summary->settle >= SUMMARY_DECAY_SETTLE) {
        print_decays(out, summary, workload, group);
    }
}
