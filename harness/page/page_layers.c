#include "page/page_layers.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_region.h"
#include "picture/bars.h"
#include "picture/markup.h"

_Static_assert((int)LAYER_COUNT <= (int)BARS_LAYERS, "each layer has a colour");

static const double mebibyte = 0x1p20;

/* What is live is plain; what is free has lines. */
static const struct {
    const char *label;
    enum bars_texture texture;
} styles[LAYER_COUNT] = {
    [LAYER_FILES] = {"files", BARS_PLAIN},
    [LAYER_STACKS] = {"stacks", BARS_DASHED},
    [LAYER_PYMALLOC_LIVE] = {"pymalloc live", BARS_PLAIN},
    [LAYER_PYMALLOC_FREE] = {"free", BARS_DENSE},
    [LAYER_MALLOC_IN_USE] = {"in use", BARS_PLAIN},
    [LAYER_MALLOC_RELEASABLE] = {"releasable", BARS_DENSE},
    [LAYER_MALLOC_PINNED] = {"pinned", BARS_CROSSED},
    [LAYER_MALLOC_METADATA] = {"metadata", BARS_SPARSE},
    [LAYER_MALLOC_UNSPLIT] = {"malloc, not split", BARS_LEVEL},
    [LAYER_LAZYFREE] = {"lazily freed", BARS_DASHED},
    [LAYER_HUGE_SLACK] = {"slack", BARS_DOTTED},
    [LAYER_OTHER] = {"other", BARS_SPARSE},
    [LAYER_UNEXPLAINED] = {"unexplained", BARS_CROSSED},
};

/* Which standstill was the highest, and what the bars do not show of the peak. */
static char *note_of(const struct waterfall *waterfall)
{
    const struct waterfall_bar *highest = &waterfall->bars[WATERFALL_HIGHEST];
    double below = waterfall->below_peak / mebibyte;
    if (!waterfall->is_known) {
        return text_copy("not read");
    }
    if (metric_is_absent(below)) {
        return text_format("highest: %s", highest->name);
    }
    return below < 0.05 ? text_format("highest: %s, at the peak", highest->name)
                        : text_format("highest: %s, %.*f MiB below the peak", highest->name,
                                      below < 9.95, below);
}

static bool is_shown(int stand, enum page_detail detail)
{
    return detail < PAGE_ONE_BAR || stand == WATERFALL_SETTLED;
}

static void fill_group(struct bars_group *bars, const struct summary_row *row,
                       enum page_detail detail)
{
    const struct waterfall *waterfall = &row->waterfall;
    *bars = (struct bars_group){.name = row->allocator,
                                .note = note_of(waterfall),
                                .bars = text_allocate(WATERFALL_STANDS * sizeof *bars->bars)};
    for (int stand = 0; waterfall->is_known && stand < WATERFALL_STANDS; stand++) {
        const struct waterfall_bar *bar = &waterfall->bars[stand];
        if (!is_shown(stand, detail)) {
            continue;
        }
        bars->bars[bars->count++] = (struct bars_bar){
            .name = waterfall_stand_name((enum waterfall_stand)stand),
            .is_known = bar->is_known,
            .parts = bar->layers,
            .whole = bar->rss,
            .mark = stand == WATERFALL_HIGHEST ? waterfall->peak : METRIC_ABSENT,
            .mark_name = "peak",
        };
    }
}

static char *describe(const struct summary_workload *workload, const struct summary_group *group)
{
    char *text = text_format("Stacked bars: resident memory of %s in MiB by its owners. In all:",
                             workload->name);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct waterfall *waterfall = &group->rows[i].waterfall;
        cleanup_free char *former = text;
        text = text_format("%s %s:", former, group->rows[i].allocator);
        for (int stand = 0; stand < WATERFALL_STANDS; stand++) {
            const struct waterfall_bar *bar = &waterfall->bars[stand];
            const char *name = waterfall_stand_name((enum waterfall_stand)stand);
            const char *end = stand + 1 < WATERFALL_STANDS ? "," : ".";
            cleanup_free char *before = text;
            text = bar->is_known
                       ? text_format("%s %s %.1f%s", before, name, bar->rss / mebibyte, end)
                       : text_format("%s %s not read%s", before, name, end);
        }
    }
    return text;
}

static void print_bars(FILE *out, const struct summary_workload *workload,
                       const struct summary_group *group, const char *id, enum page_detail detail)
{
    struct bars_layer layers[LAYER_COUNT];
    for (int i = 0; i < LAYER_COUNT; i++) {
        layers[i] =
            (struct bars_layer){waterfall_layers[i].name, styles[i].label, styles[i].texture};
    }
    cleanup_free char *title = text_format("Where the resident memory of %s is", workload->name);
    cleanup_free char *description = describe(workload, group);
    cleanup_free struct bars_group *groups = text_allocate(group->row_count * sizeof *groups);
    for (size_t i = 0; i < group->row_count; i++) {
        fill_group(&groups[i], &group->rows[i], detail);
    }
    const struct bars bars = {.frame = {.id = id, .title = title, .description = description},
                              .unit = "MiB",
                              .size = mebibyte,
                              .layers = layers,
                              .layer_count = LAYER_COUNT,
                              .groups = groups,
                              .count = group->row_count};
    bars_print(&bars, out);
    for (size_t i = 0; i < group->row_count; i++) {
        free((char *)groups[i].note);
        free(groups[i].bars);
    }
}

static void print_figure(FILE *out, const struct summary_workload *workload,
                         const struct summary_group *group, const char *id, enum page_detail detail)
{
    fputs("<figure>\n<figcaption>Where resident memory is", out);
    page_region_put_group(out, workload, group);
    fputs(" <small>One trial of each allocator: the one whose end is the median, as medians of "
          "parts do not sum to a median. Highest is the standstill with the most resident memory; "
          "a line marks the true peak, which may lie between two "
          "standstills.</small></figcaption>\n",
          out);
    page_region_begin(out, "Where resident memory is", workload, group);
    print_bars(out, workload, group, id, detail);
    page_region_end(out);
    fputs("</figure>\n", out);
}

/* The link says why, where it leads says more. */
static void put_reason(FILE *out, const struct waterfall *waterfall, int columns)
{
    fprintf(out, "<td class=\"absent\" colspan=\"%d\"><a href=\"#not-told\">not told by ", columns);
    markup_put_name(out, waterfall->family[0] ? waterfall->family : "this malloc");
    fputs("</a></td>", out);
}

static void put_bytes(FILE *out, double bytes)
{
    fputs("<td", out);
    markup_put_value(out, "data-value", bytes);
    putc('>', out);
    markup_put_number(out, bytes / mebibyte, 2);
    fputs(" <small>", out);
    markup_put_exact(out, bytes);
    fputs("</small></td>", out);
}

/* The values of one owner, or of rss, at the standstills. */
static void print_values(FILE *out, const struct waterfall *waterfall, const char *name,
                         const char *meaning, const double *values)
{
    bool is_told = false;
    for (int stand = 0; stand < WATERFALL_STANDS; stand++) {
        is_told = is_told || !metric_is_absent(values[stand]);
    }
    fprintf(out, "<tr><th scope=\"row\" title=\"%s\">%s</th>", meaning, name);
    for (int stand = 0; stand < WATERFALL_STANDS && is_told; stand++) {
        if (!waterfall->bars[stand].is_known) {
            fputs("<td class=\"absent\">not read</td>", out);
        } else if (metric_is_absent(values[stand])) {
            put_reason(out, waterfall, 1);
        } else {
            put_bytes(out, values[stand]);
        }
    }
    if (!is_told) {
        put_reason(out, waterfall, WATERFALL_STANDS);
    }
    fputs("</tr>\n", out);
}

/* Whether there is no standstill at which the malloc told less than all. */
static bool is_split(const struct waterfall *waterfall)
{
    for (int stand = 0; stand < WATERFALL_STANDS; stand++) {
        if (waterfall->bars[stand].is_known &&
            !waterfall_is_split(waterfall, (enum waterfall_stand)stand)) {
            return false;
        }
    }
    return true;
}

static void print_owner(FILE *out, const struct waterfall *waterfall, enum metric owner)
{
    const struct metric_info *info = &metric_table[owner];
    double values[WATERFALL_STANDS];
    for (int stand = 0; stand < WATERFALL_STANDS; stand++) {
        const struct waterfall_bar *bar = &waterfall->bars[stand];
        values[stand] = bar->is_known ? bar->owners[owner - METRIC_OWNER_FIRST] : METRIC_ABSENT;
    }
    print_values(out, waterfall, info->name + strlen("owner_"), info->meaning, values);
}

static void print_rss(FILE *out, const struct waterfall *waterfall)
{
    double values[WATERFALL_STANDS];
    for (int stand = 0; stand < WATERFALL_STANDS; stand++) {
        const struct waterfall_bar *bar = &waterfall->bars[stand];
        values[stand] = bar->is_known ? bar->rss : METRIC_ABSENT;
    }
    print_values(out, waterfall, "rss", metric_table[METRIC_RSS].meaning, values);
}

static void print_owners(FILE *out, const struct summary_row *row)
{
    const struct waterfall *waterfall = &row->waterfall;
    fputs("<table class=\"figures owners\">\n<caption>", out);
    markup_put_name(out, row->allocator);
    fprintf(out, " <span>(trial %u)</span></caption>\n<thead><tr><th scope=\"col\">owner</th>",
            row->typical);
    for (int stand = 0; stand < WATERFALL_STANDS; stand++) {
        const struct waterfall_bar *bar = &waterfall->bars[stand];
        fprintf(out, "<th scope=\"col\">%s<small>",
                waterfall_stand_name((enum waterfall_stand)stand));
        markup_put_text(out, bar->is_known ? bar->name : "not read");
        fputs(", MiB and bytes</small></th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (int owner = METRIC_OWNER_FIRST; owner <= METRIC_OWNER_UNEXPLAINED; owner++) {
        if (owner != METRIC_OWNER_MALLOC_UNSPLIT || !is_split(waterfall)) {
            print_owner(out, waterfall, (enum metric)owner);
        }
    }
    print_rss(out, waterfall);
    fputs("</tbody>\n</table>\n", out);
}

static void print_details(FILE *out, const struct summary_workload *workload,
                          const struct summary_group *group)
{
    fputs("<details class=\"exact\">\n<summary>Every owner of resident memory, in MiB and "
          "bytes</summary>\n",
          out);
    page_region_begin(out, "Every owner of resident memory", workload, group);
    for (size_t i = 0; i < group->row_count; i++) {
        if (group->rows[i].waterfall.is_known) {
            print_owners(out, &group->rows[i]);
        }
    }
    page_region_end(out);
    fputs("</details>\n", out);
}

static void print_free(FILE *out, const struct summary_workload *workload,
                       const struct summary_group *group)
{
    page_region_begin_table(out, "figures", "Live and free memory", workload, group);
    fputs("<thead><tr><th scope=\"col\">allocator</th>"
          "<th scope=\"col\">live<small>MiB</small></th>"
          "<th scope=\"col\">releasable<small>MiB</small></th>"
          "<th scope=\"col\">pinned<small>MiB</small></th>"
          "<th scope=\"col\">frag. ratio<small>to live</small></th>"
          "<th scope=\"col\">forecast<small>MiB</small></th>"
          "<th scope=\"col\">given back<small>MiB</small></th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct waterfall *waterfall = &group->rows[i].waterfall;
        page_region_begin_row(out, group->rows[i].allocator);
        page_region_put_cell(out, waterfall->live, mebibyte, 1);
        page_region_put_cell(out, waterfall->releasable, mebibyte, 1);
        page_region_put_cell(out, waterfall->pinned, mebibyte, 1);
        page_region_put_cell(out, waterfall->ratio, 1, 2);
        page_region_put_cell(out, waterfall->forecast, mebibyte, 1);
        page_region_put_cell(out, waterfall->given_back, mebibyte, 1);
        fputs("</tr>\n", out);
    }
    page_region_end_table(out);
}

static bool is_known(const struct summary_group *group)
{
    for (size_t i = 0; i < group->row_count; i++) {
        if (group->rows[i].waterfall.is_known) {
            return true;
        }
    }
    return false;
}

void page_layers_print(FILE *out, const struct summary_workload *workload,
                       const struct summary_group *group, const char *id, enum page_detail detail)
{
    if (is_known(group)) {
        print_figure(out, workload, group, id, detail);
        print_free(out, workload, group);
        if (detail < PAGE_NO_TABLES) {
            print_details(out, workload, group);
        }
    }
}

void page_layers_print_reason(FILE *out, const struct summary *summary)
{
    for (size_t i = 0; i < summary->workload_count; i++) {
        for (size_t j = 0; j < summary->workloads[i].group_count; j++) {
            if (is_known(&summary->workloads[i].groups[j])) {
                fputs("<p id=\"not-told\">Not told by a malloc: it keeps no account of it, or none "
                      "that can be read without changing it. What belongs there is part of "
                      "malloc_unsplit, so that the owners still sum to rss; "
                      "results/owners.md of membench says what each malloc tells.</p>\n",
                      out);
                return;
            }
        }
    }
}
