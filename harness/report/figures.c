#include "report/figures.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/fit.h"
#include "report/group_caption.h"

enum { MOST_COLUMNS = 32 };
enum { CUT_NAME = 20 }; /* columns of a name where there is no room for more */
static const unsigned wide = 100, narrow = 80; /* from here on there is room for more; or little */

enum kind {
    KIND_NAME,
    KIND_RUNS,
    KIND_MEBIBYTES,
    KIND_WHOLE_MEBIBYTES,
    KIND_WHOLE,
    KIND_SECONDS,
    KIND_SPREAD,
    KIND_DIFFERENCE,
    KIND_CYCLE
};

struct column {
    enum kind kind;
    unsigned index; /* enum summary_what, or a cycle from 0 */
    const char *top, *bottom;
};

struct columns {
    struct column items[MOST_COLUMNS];
    size_t count;
};

static void add_column(struct columns *columns, enum kind kind, unsigned index, const char *top,
                       const char *bottom)
{
    columns->items[columns->count++] =
        (struct column){.kind = kind, .index = index, .top = top, .bottom = bottom};
}

static char *number_text(double value, double unit, int decimals)
{
    return metric_is_absent(value) ? text_copy("-") : text_format("%.*f", decimals, value / unit);
}

static char *spread_text(const struct prose *prose, double spread)
{
    if (metric_is_absent(spread)) {
        return text_copy("-");
    }
    return text_format("%s%.1f%%", prose->ascii ? "+-" : "±", 100 * spread);
}

/* Empty for the row that all others are compared with: '-' would say that it was not measured. */
static char *difference_text(const struct summary_row *row, const struct summary_row *first)
{
    if (metric_is_absent(row->difference)) {
        return text_copy(row == first ? "" : "-");
    }
    double percent = 100 * row->difference;
    return fabs(percent) < 0.05 ? text_copy("0.0%") : text_format("%+.1f%%", percent);
}

static char *cell_text(const struct prose *prose, const struct summary_group *group,
                       const struct summary_row *row, const struct column *column, size_t names)
{
    if (column->kind == KIND_CYCLE) {
        return number_text(row->cycles[column->index].median, 0x1p20, 1);
    }
    const struct summary_figure *figure = &row->figures[column->index];
    switch (column->kind) {
    case KIND_NAME:
        return fit_text(row->allocator, names, prose->ascii);
    case KIND_RUNS:
        return text_format("%zu/%zu", row->ok, row->total);
    case KIND_MEBIBYTES:
        return number_text(figure->median, 0x1p20, 1);
    case KIND_WHOLE_MEBIBYTES:
        return number_text(figure->median, 0x1p20, 0);
    case KIND_WHOLE:
        return number_text(figure->median, 1, 0);
    case KIND_SECONDS:
        return number_text(figure->median, 1, 2);
    case KIND_SPREAD:
        return spread_text(prose, figure->spread);
    case KIND_DIFFERENCE:
        return difference_text(row, group->first);
    case KIND_CYCLE:
        break;
    }
    return text_copy("");
}

/* A sign stands beside each of these colours. */
static const char *cell_color(const struct summary_row *row, const struct column *column)
{
    static const double striking = 0.03;
    switch (column->kind) {
    case KIND_RUNS:
        return row->ok < row->total ? PROSE_YELLOW : NULL;
    case KIND_SPREAD:
        return PROSE_DIM;
    case KIND_DIFFERENCE:
        return row->difference > striking    ? PROSE_RED
               : row->difference < -striking ? PROSE_GREEN
                                             : NULL;
    default:
        return NULL;
    }
}

static void put_headings(struct grid *grid, const struct columns *columns)
{
    bool has_top = false;
    for (size_t i = 0; i < columns->count; i++) {
        has_top = has_top || columns->items[i].top[0] != '\0';
    }
    for (size_t i = 0; has_top && i < columns->count; i++) {
        grid_put(grid, text_copy(columns->items[i].top), PROSE_BOLD);
    }
    for (size_t i = 0; i < columns->count; i++) {
        grid_put(grid, text_copy(columns->items[i].bottom), PROSE_BOLD);
    }
}

/* Where there is no room for a spread beside each figure: the largest of each column. */
static void put_widest(struct grid *grid, const struct prose *prose, const struct columns *columns,
                       const struct summary_group *group)
{
    grid_put(grid, text_copy(prose->ascii ? "+- at most" : "± at most"), PROSE_DIM);
    for (size_t i = 1; i < columns->count; i++) {
        const struct column *column = &columns->items[i];
        bool is_figure = column->kind != KIND_RUNS && column->kind != KIND_DIFFERENCE;
        grid_put(grid, is_figure ? spread_text(prose, group->widest[column->index]) : text_copy(""),
                 PROSE_DIM);
    }
}

static bool has_spread(const struct summary_group *group)
{
    for (int what = 0; what < SUMMARY_WHAT_COUNT; what++) {
        if (!metric_is_absent(group->widest[what])) {
            return true;
        }
    }
    return false;
}

/* How a table is set. */
struct form {
    const char *gap;
    bool spreads; /* one beside each figure */
    bool widest;  /* one below each column */
    bool hyphens; /* long headings on two lines */
    bool runs;
    bool coarse; /* no decimals of a MiB */
};

/* From roomy to tight. The last one holds cut names and hundreds of GiB in 80 columns. */
static const struct form forms[] = {
    {.gap = "  ", .spreads = true, .runs = true},
    {.gap = " ", .spreads = true, .runs = true},
    {.gap = "  ", .widest = true, .runs = true},
    {.gap = " ", .widest = true, .runs = true},
    {.gap = " ", .widest = true, .hyphens = true, .runs = true},
    {.gap = " ", .widest = true, .hyphens = true},
    {.gap = " ", .widest = true, .hyphens = true, .coarse = true},
};
enum { FORM_COUNT = sizeof forms / sizeof *forms, CONTINUED_FORM = 4 };

static struct grid grid_of(const struct prose *prose, const struct summary_group *group,
                           const struct columns *columns, const struct form *form, size_t names)
{
    struct grid grid = {.columns = columns->count};
    put_headings(&grid, columns);
    for (size_t i = 0; i < group->row_count; i++) {
        for (size_t j = 0; j < columns->count; j++) {
            const struct column *column = &columns->items[j];
            grid_put(&grid, cell_text(prose, group, &group->rows[i], column, names),
                     cell_color(&group->rows[i], column));
        }
    }
    if (form->widest && has_spread(group)) {
        put_widest(&grid, prose, columns, group);
    }
    return grid;
}

/* Prints the table if it fits, with names of at most so many columns. Returns whether it did. */
static bool print_lines(const struct prose *prose, const struct summary_group *group,
                        const struct columns *columns, const struct form *form, size_t names)
{
    struct grid grid = grid_of(prose, group, columns, form, names);
    bool is_printed = fit_print(&grid, form->gap, prose, false);
    grid_clear(&grid);
    return is_printed;
}

/* Prints it in several tables, one below the other. */
static void print_continued(const struct prose *prose, const struct summary_group *group,
                            const struct columns *columns, const struct form *form)
{
    struct grid grid = grid_of(prose, group, columns, form, CUT_NAME);
    fit_print(&grid, form->gap, prose, true);
    grid_clear(&grid);
}

static void add_figure(struct columns *columns, const struct form *form, enum kind kind,
                       enum summary_what what, const char *top, const char *bottom)
{
    add_column(columns, kind, what, top, bottom);
    if (form->spreads) {
        add_column(columns, KIND_SPREAD, what, "", "");
    }
}

static struct columns memory_columns(const struct form *form, const char *first)
{
    const struct {
        enum summary_what what;
        const char *top, *bottom, *hyphen_top, *hyphen_bottom;
    } figures[] = {
        {SUMMARY_START, "", "start", "", "start"},
        {SUMMARY_PEAK, "peak", "(rss)", "peak", "(rss)"},
        {SUMMARY_END, "", "end", "", "end"},
        {SUMMARY_SETTLED, "", "settled", "set-", "tled"},
        {SUMMARY_COLLECTED, "", "collected", "col-", "lected"},
        {SUMMARY_RELEASED, "", "released", "re-", "leased"},
        {SUMMARY_OVER_START, "over", "start", "over", "start"},
    };
    enum kind kind = form->coarse ? KIND_WHOLE_MEBIBYTES : KIND_MEBIBYTES;
    struct columns columns = {0};
    add_column(&columns, KIND_NAME, 0, "", "allocator");
    if (form->runs) {
        add_column(&columns, KIND_RUNS, 0, "", "ok");
    }
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        add_figure(&columns, form, kind, figures[i].what,
                   form->hyphens ? figures[i].hyphen_top : figures[i].top,
                   form->hyphens ? figures[i].hyphen_bottom : figures[i].bottom);
    }
    if (first) {
        add_column(&columns, KIND_DIFFERENCE, 0, "end vs", first);
    }
    return columns;
}

static struct columns object_columns(const struct form *form, const char *first)
{
    (void)first;
    struct columns columns = {0};
    add_column(&columns, KIND_NAME, 0, "", "allocator");
    add_figure(&columns, form, KIND_WHOLE, SUMMARY_TRACKED, "", "tracked");
    add_figure(&columns, form, KIND_WHOLE, SUMMARY_GARBAGE, "", "garbage");
    add_figure(&columns, form, KIND_WHOLE, SUMMARY_UNCOLLECTED, form->hyphens ? "uncol-" : "",
               form->hyphens ? "lected" : "uncollected");
    add_figure(&columns, form, KIND_WHOLE, SUMMARY_BLOCKS, "", "blocks");
    add_figure(&columns, form, KIND_SECONDS, SUMMARY_CPU, "", "cpu s");
    add_figure(&columns, form, KIND_SECONDS, SUMMARY_WALL, "", "wall s");
    add_figure(&columns, form, KIND_WHOLE, SUMMARY_MINOR_FAULTS, "minor", "faults");
    return columns;
}

/* A name is cut before a figure is; what is too wide even so is continued below. */
static void print_fitting(const struct prose *prose, const struct summary_group *group,
                          struct columns (*make)(const struct form *, const char *),
                          const char *first)
{
    static const size_t names[] = {SIZE_MAX, CUT_NAME};
    bool has_room = prose->width >= wide && has_spread(group);
    for (size_t cut = 0; cut < 2; cut++) {
        bool may_be_coarse = cut && prose->width >= narrow;
        for (size_t i = 0; i < FORM_COUNT; i++) {
            bool may_be = (has_room || !forms[i].spreads) && (may_be_coarse || !forms[i].coarse);
            struct columns columns = make(&forms[i], first);
            if (may_be && print_lines(prose, group, &columns, &forms[i], names[cut])) {
                return;
            }
        }
    }
    struct columns columns = make(&forms[CONTINUED_FORM], first);
    print_continued(prose, group, &columns, &forms[CONTINUED_FORM]);
}

/* A long name would widen the last column: it goes into a line below. */
static void print_memory(const struct prose *prose, const struct summary_group *group,
                         unsigned cycles)
{
    (void)cycles;
    if (!group->first || group->row_count == 1) {
        print_fitting(prose, group, memory_columns, NULL);
        return;
    }
    cleanup_free char *name = prose_tame(prose, group->first->allocator);
    size_t longest = prose->width >= wide ? 20 : 8;
    bool is_short = grid_width(name) <= longest;
    print_fitting(prose, group, memory_columns, is_short ? name : "first");
    if (!is_short) {
        cleanup_free char *text = text_format("first: %s", name);
        prose_wrap(prose, 0, 2, text);
    }
}

static struct columns cycle_columns(char (*headings)[16], unsigned shown, unsigned cycles)
{
    struct columns columns = {0};
    add_column(&columns, KIND_NAME, 0, "", "allocator");
    for (unsigned i = 0; i < shown; i++) {
        unsigned cycle = (unsigned)((uint64_t)i * (cycles - 1) / (shown - 1));
        snprintf(headings[i], sizeof headings[i], "%u", cycle + 1);
        add_column(&columns, KIND_CYCLE, cycle, i == 0 ? "cycle" : "", headings[i]);
    }
    return columns;
}

/* As many cycles as there is room for, evenly chosen, always with the first and the last. */
static void print_cycles(const struct prose *prose, const struct summary_group *group,
                         unsigned cycles)
{
    static const struct form form = {.gap = "  "};
    char headings[MOST_COLUMNS][16];
    unsigned shown = cycles < MOST_COLUMNS - 1 ? cycles : MOST_COLUMNS - 1;
    struct columns columns = cycle_columns(headings, shown, cycles);
    bool is_printed = print_lines(prose, group, &columns, &form, SIZE_MAX);
    for (; shown >= 2 && !is_printed; shown--) {
        columns = cycle_columns(headings, shown, cycles);
        is_printed = print_lines(prose, group, &columns, &form, CUT_NAME);
    }
    if (!is_printed) {
        print_continued(prose, group, &columns, &form);
    }
}

static void print_objects(const struct prose *prose, const struct summary_group *group,
                          unsigned cycles)
{
    (void)cycles;
    print_fitting(prose, group, object_columns, NULL);
}

/* One table per object allocator, one below the other, as they are to be compared. */
static void print_each(const struct prose *prose, const struct summary_workload *workload,
                       unsigned cycles, const char *what,
                       void (*print)(const struct prose *, const struct summary_group *, unsigned))
{
    for (size_t i = 0; i < workload->group_count; i++) {
        const struct summary_group *group = &workload->groups[i];
        group_caption(prose, workload, group, what);
        if (group->ok > 0) {
            print(prose, group, cycles);
        } else {
            fputs("no run was ok, so there are no figures\n", prose->out);
        }
    }
}

static bool has_figures(const struct summary_workload *workload)
{
    size_t ok = 0;
    for (size_t i = 0; i < workload->group_count; i++) {
        ok += workload->groups[i].ok;
    }
    return ok > 0;
}

void figures_memory(const struct prose *prose, const struct summary_workload *workload,
                    unsigned cycles)
{
    if (!has_figures(workload)) {
        fputs("\nNo run was ok, so there are no figures.\n", prose->out);
        return;
    }
    print_each(prose, workload, cycles, "Memory in MiB", print_memory);
    if (cycles > 1) {
        print_each(prose, workload, cycles, "Memory in MiB at the end of each cycle", print_cycles);
    }
}

void figures_objects(const struct prose *prose, const struct summary_workload *workload)
{
    if (has_figures(workload)) {
        print_each(prose, workload, 0, "Objects and time", print_objects);
    }
}
