#include "page/page_dots.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_figures.h"
#include "page/page_region.h"
#include "picture/markup.h"
#include "report/run_dots.h"

static const double mebibyte = 0x1p20;

static void print_figure(FILE *out, const struct summary_workload *workload,
                         const struct summary_group *group, const char *id)
{
    fputs("<figure>\n<figcaption>Peak, and memory after the load", out);
    page_region_put_group(out, workload, group);
    fputs(" <small>Every run that was ok is a dot: where they stand in two heaps, the median says "
          "little. Ticks are the medians.</small></figcaption>\n",
          out);
    page_region_begin(out, "Peak, and memory after the load", workload, group);
    run_dots_print(out, workload, group, id, false);
    page_region_end(out);
    fputs("</figure>\n", out);
}

/* ---- its table ---- */

static void print_trial(FILE *out, const struct summary_row *row, const struct summary_trial *trial)
{
    static const enum summary_what whats[] = {SUMMARY_START, SUMMARY_PEAK, SUMMARY_END,
                                              SUMMARY_SETTLED};
    page_region_begin_row(out, row->allocator);
    fprintf(out, "<td data-value=\"%u\">%u</td><td data-value=\"%u\">%u</td><td>%s</td>",
            trial->number, trial->number, trial->block, trial->block, outcome_name(trial->outcome));
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        page_figures_put_value(out, trial->values[whats[i]], mebibyte, 1);
    }
    fputs("</tr>\n", out);
}

static void print_details(FILE *out, const struct summary_workload *workload,
                          const struct summary_group *group)
{
    fputs("<details class=\"exact\">\n<summary>Every run in figures</summary>\n", out);
    page_region_begin_table(out, "figures", "Every run", workload, group);
    fputs("<thead><tr><th scope=\"col\">allocator</th><th scope=\"col\">trial</th>"
          "<th scope=\"col\">block</th><th scope=\"col\">outcome</th>"
          "<th scope=\"col\">start<small>MiB</small></th>"
          "<th scope=\"col\">peak rss<small>MiB</small></th>"
          "<th scope=\"col\">end<small>MiB</small></th>"
          "<th scope=\"col\">settled<small>MiB</small></th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < group->row_count; i++) {
        for (size_t j = 0; j < group->rows[i].trial_count; j++) {
            print_trial(out, &group->rows[i], &group->rows[i].trials[j]);
        }
    }
    page_region_end_table(out);
    fputs("</details>\n", out);
}

void page_dots_print(FILE *out, const struct summary_workload *workload,
                     const struct summary_group *group, const char *id, enum page_detail detail)
{
    if (run_dots_is_there(group)) {
        print_figure(out, workload, group, id);
        if (detail < PAGE_NO_TABLES) {
            print_details(out, workload, group);
        }
    }
}
