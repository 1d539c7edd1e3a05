#include "page/page_headcount.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_region.h"
#include "picture/markup.h"

static void put_cell(FILE *out, double value, double size, int decimals, const char *after)
{
    fputs("<td", out);
    markup_put_value(out, "data-value", value);
    putc('>', out);
    markup_put_number(out, value * size, decimals);
    fprintf(out, "%s</td>", after);
}

static void print_type(FILE *out, const struct headcount_type *type, bool has_garbage)
{
    fputs("<tr><th scope=\"row\">", out);
    markup_put_name(out, type->name);
    fputs("</th>", out);
    put_cell(out, type->count, 1, 0, "");
    put_cell(out, type->count_share, 100, 1, "%");
    put_cell(out, type->bytes, 1, 0, "");
    put_cell(out, type->bytes_share, 100, 1, "%");
    put_cell(out, type->cumulative, 100, 1, "%");
    if (has_garbage) {
        put_cell(out, type->garbage_count, 1, 0, "");
    }
    fputs("</tr>\n", out);
}

static void print_table(FILE *out, const struct headcount *headcount, const char *name,
                        const struct summary_workload *workload, const struct summary_group *group)
{
    bool has_garbage = headcount->garbage_count > 0;
    page_region_begin(out, name, workload, group);
    fprintf(out,
            "<table class=\"figures\">\n<caption>Objects by type</caption>\n<thead><tr>"
            "<th scope=\"col\">type</th><th scope=\"col\">objects</th>"
            "<th scope=\"col\">share</th><th scope=\"col\">bytes</th>"
            "<th scope=\"col\">share</th><th scope=\"col\">cumulative</th>%s</tr></thead>\n"
            "<tbody>\n",
            has_garbage ? "<th scope=\"col\">garbage</th>" : "");
    for (size_t i = 0; i < headcount->type_count; i++) {
        print_type(out, &headcount->types[i], has_garbage);
    }
    page_region_end_table(out);
}

static void print_one(FILE *out, const struct summary_workload *workload,
                      const struct summary_group *group, const struct summary_row *row)
{
    const struct headcount *headcount = &row->headcount;
    fputs("<details>\n<summary>Objects by type under ", out);
    markup_put_name(out, row->allocator);
    if (workload->group_count > 1) {
        fprintf(out, " (%s)", options_object_allocator_name(group->object_allocator));
    }
    fputs(": ", out);
    markup_put_number(out, headcount->count, 0);
    fputs(" objects, ", out);
    markup_put_number(out, headcount->bytes / 0x1p20, 1);
    fputs(" MiB</summary>\n", out);
    cleanup_free char *name = text_format("Objects by type under trial %u", headcount->trial);
    print_table(out, headcount, name, workload, group);
    fprintf(out, "<p>Trial %u at ", headcount->trial);
    markup_put_name(out, headcount->phase);
    fputs(", counted in a forked copy in ", out);
    markup_put_number(out, headcount->seconds, 2);
    fputs(" s. Page faults and times of what comes after it are higher.</p>\n</details>\n", out);
}

void page_headcount_print(FILE *out, const struct summary_workload *workload)
{
    for (size_t i = 0; i < workload->group_count; i++) {
        for (size_t j = 0; j < workload->groups[i].row_count; j++) {
            const struct summary_row *row = &workload->groups[i].rows[j];
            if (row->headcount.type_count > 0) {
                print_one(out, workload, &workload->groups[i], row);
            }
        }
    }
}
