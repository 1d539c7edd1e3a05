#include "page/page_region.h"

#include "picture/markup.h"

void page_region_begin(FILE *out, const char *what, const struct summary_workload *workload,
                       const struct summary_group *group)
{
    fprintf(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s", what);
    if (workload) {
        fputs(" of ", out);
        markup_put_cut(out, workload->name, MARKUP_NAME);
    }
    if (group) {
        fprintf(out, ", %s", options_object_allocator_name(group->object_allocator));
    }
    fputs("\">\n", out);
}

void page_region_end(FILE *out)
{
    fputs("</div>\n", out);
}

void page_region_put_group(FILE *out, const struct summary_workload *workload,
                           const struct summary_group *group)
{
    if (workload->group_count > 1 || group->object_allocator != OBJECT_PYMALLOC) {
        fprintf(out, " <span>(objects by %s)</span>",
                options_object_allocator_name(group->object_allocator));
    }
}

void page_region_begin_table(FILE *out, const char *class, const char *caption,
                             const struct summary_workload *workload,
                             const struct summary_group *group)
{
    page_region_begin(out, caption, workload, group);
    fprintf(out, "<table class=\"%s\">\n<caption>%s", class, caption);
    if (workload && group) {
        page_region_put_group(out, workload, group);
    }
    fputs("</caption>\n", out);
}

void page_region_end_table(FILE *out)
{
    fputs("</tbody>\n</table>\n", out);
    page_region_end(out);
}

void page_region_begin_row(FILE *out, const char *name)
{
    fputs("<tr><th scope=\"row\">", out);
    markup_put_name(out, name);
    fputs("</th>", out);
}

const char *page_region_verdict_class(const struct verdicts_comparison *comparison)
{
    static const char *const classes[] = {
        [VERDICT_UNKNOWN] = "unknown", [VERDICT_BETTER] = "less", [VERDICT_WORSE] = "more",
        [VERDICT_SAME] = "same",       [VERDICT_LESS] = "same",   [VERDICT_MORE] = "same"};
    return comparison->missing ? "absent" : classes[comparison->result.verdict];
}

void page_region_put_cell(FILE *out, double value, double size, int decimals)
{
    if (metric_is_absent(value)) {
        fputs("<td class=\"absent\">–</td>", out);
        return;
    }
    fputs("<td", out);
    markup_put_value(out, "data-value", value);
    putc('>', out);
    markup_put_number(out, value / size, decimals);
    fputs("</td>", out);
}

void page_region_put_p(FILE *out, double p)
{
    static const double least = 0.0001; /* what four decimals can show */
    if (p < least) {                    /* not if absent */
        fputs("<td", out);
        markup_put_value(out, "data-value", p);
        fputs(">&lt; 0.0001</td>", out);
    } else {
        page_region_put_cell(out, p, 1, 4);
    }
}
