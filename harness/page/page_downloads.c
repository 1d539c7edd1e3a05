#include "page/page_downloads.h"

#include <stdbool.h>
#include <stdlib.h>

#include "picture/markup.h"
#include "report/summary_csv.h"
#include "report/verdicts_csv.h"

/* In the page itself as long as it stays one that can be mailed. */
enum { LARGEST_INSIDE = 96 * 1024 };

static void put_link(FILE *out, const char *name, const char *what)
{
    fprintf(out, "<li><a href=\"%s\">%s</a>: %s</li>\n", name, name, what);
}

/* A file whose text is given, which is freed: as data if it is small enough, so that the page holds
 * it where nothing lies beside it. */
static void put_file(FILE *out, const char *name, const char *what, char *text, size_t size,
                     enum page_detail detail)
{
    if (size <= LARGEST_INSIDE && detail == PAGE_WHOLE) {
        fprintf(out, "<li><a download=\"%s\" href=\"data:text/csv;base64,", name);
        markup_put_base64(out, text, size);
        fprintf(out, "\">%s</a> (in this page): %s</li>\n", name, what);
    } else {
        put_link(out, name, what);
    }
    free(text);
}

static void print_comparisons(FILE *out, const struct report *report, enum page_detail detail)
{
    char *text = NULL;
    size_t size = 0;
    FILE *csv = open_memstream(&text, &size);
    if (csv) {
        verdicts_csv_print(&report->verdicts, report->info->id, csv);
        fclose(csv);
        put_file(out, "comparisons.csv", "every comparison and claim: size, interval, p, verdict",
                 text, size, detail);
    }
}

static void print_summary(FILE *out, const struct report *report, enum page_detail detail)
{
    char *text = NULL;
    size_t size = 0;
    FILE *csv = open_memstream(&text, &size);
    if (csv) {
        summary_csv_print(&report->summary, report->info->id, csv);
        fclose(csv);
        put_file(out, "summary.csv", "medians and ranges per workload and allocator", text, size,
                 detail);
    }
}

static bool has_census(const struct summary *summary)
{
    for (size_t i = 0; i < summary->workload_count; i++) {
        for (size_t j = 0; j < summary->workloads[i].group_count; j++) {
            const struct summary_group *group = &summary->workloads[i].groups[j];
            for (size_t k = 0; k < group->row_count; k++) {
                if (group->rows[k].headcount.type_count > 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

void page_downloads_print(FILE *out, const struct report *report, enum page_detail detail)
{
    fputs(
        "<section id=\"data\">\n<h2>Data</h2>\n<p>Every figure above is in one of these files, in "
        "full. What is not in this page lies beside it, in the run's directory.</p>\n<ul>\n",
        out);
    print_comparisons(out, report, detail);
    print_summary(out, report, detail);
    put_link(out, "samples.csv", "every metric of every trial at every phase");
    put_link(out, "curve.csv", "memory of every trial over time");
    put_link(out, "trials.csv", "outcome, library, version and settings of every trial");
    if (has_census(&report->summary)) {
        put_link(out, "census.csv", "objects and bytes by type");
    }
    fputs("</ul>\n</section>\n", out);
}
