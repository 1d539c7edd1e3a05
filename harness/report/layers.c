#include "report/layers.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/fit.h"
#include "report/group_caption.h"

enum { MOST_COLUMNS = 32 };
enum { CUT_NAME = 20 };            /* columns of a name where there is no room for more */
static const unsigned narrow = 80; /* below, tables are continued rather than folded further */
static const double mebibyte = 0x1p20;

enum kind { KIND_NAME, KIND_RSS, KIND_LAYER, KIND_REST, KIND_FREE };

/* What is said beside the layers of a row. */
enum free_what {
    FREE_LIVE,
    FREE_RELEASABLE,
    FREE_PINNED,
    FREE_FORECAST,
    FREE_GIVEN_BACK,
    FREE_RATIO,
    FREE_COUNT
};

struct heading {
    const char *top, *bottom;             /* where there is room */
    const char *tight_top, *tight_bottom; /* at most 7 letters */
};

static const struct heading layer_headings[LAYER_COUNT] = {
    [LAYER_FILES] = {"", "files", "", "files"},
    [LAYER_STACKS] = {"", "stacks", "", "stacks"},
    [LAYER_PYMALLOC_LIVE] = {"pymalloc", "live", "py", "live"},
    [LAYER_PYMALLOC_FREE] = {"pymalloc", "free", "py", "free"},
    [LAYER_MALLOC_IN_USE] = {"malloc", "in use", "in", "use"},
    [LAYER_MALLOC_RELEASABLE] = {"malloc", "releasable", "releas-", "able"},
    [LAYER_MALLOC_PINNED] = {"malloc", "pinned", "", "pinned"},
    [LAYER_MALLOC_METADATA] = {"malloc", "metadata", "meta-", "data"},
    [LAYER_MALLOC_UNSPLIT] = {"malloc", "not split", "not", "split"},
    [LAYER_LAZYFREE] = {"lazily", "freed", "lazily", "freed"},
    [LAYER_HUGE_SLACK] = {"huge", "slack", "huge", "slack"},
    [LAYER_OTHER] = {"", "other", "", "other"},
    [LAYER_UNEXPLAINED] = {"unex-", "plained", "unex-", "plained"},
};

static const struct heading free_headings[FREE_COUNT] = {
    [FREE_LIVE] = {"", "live", "", "live"},
    [FREE_RELEASABLE] = {"", "releasable", "releas-", "able"},
    [FREE_PINNED] = {"", "pinned", "", "pinned"},
    [FREE_FORECAST] = {"", "forecast", "fore-", "cast"},
    [FREE_GIVEN_BACK] = {"given", "back", "given", "back"},
    [FREE_RATIO] = {"frag.", "ratio", "frag.", "ratio"},
};

/* How a table is set. */
struct form {
    const char *gap;
    bool tight;      /* short headings */
    bool coarse;     /* no decimals of a MiB */
    bool joined;     /* the free memory is in the same table */
    bool cut;        /* names */
    unsigned folded; /* layers that are one column; 0 or at least 2 */
};

struct column {
    enum kind kind;
    unsigned index; /* enum waterfall_layer or enum free_what */
    const char *top, *bottom;
};

struct columns {
    struct column items[MOST_COLUMNS];
    size_t count;
    bool is_rest[LAYER_COUNT];
    bool is_coarse, is_cut;
};

/* What is worth a column. */
struct shown {
    enum waterfall_layer layers[LAYER_COUNT]; /* the smallest first */
    size_t count;
    bool is_shown[LAYER_COUNT];
    size_t foldable;                /* the first so many of them may be folded */
    bool is_free_shown[FREE_COUNT]; /* known of any row */
};

static double layer_of(const struct summary_row *row, unsigned layer)
{
    return waterfall_layer(&row->waterfall, WATERFALL_SETTLED, (enum waterfall_layer)layer);
}

/* The sum over the rows; 0 if it would read as 0.0 in each of them. */
static double weight_of(const struct summary_group *group, enum waterfall_layer layer)
{
    static const double visible = 0.05 * 0x1p20;
    double sum = 0;
    bool is_visible = false;
    for (size_t i = 0; i < group->row_count; i++) {
        double bytes = layer_of(&group->rows[i], layer);
        if (!metric_is_absent(bytes)) {
            is_visible = is_visible || fabs(bytes) >= visible;
            sum += fabs(bytes);
        }
    }
    return is_visible ? sum : 0;
}

static double free_of(const struct waterfall *waterfall, unsigned what)
{
    const double values[FREE_COUNT] = {
        [FREE_LIVE] = waterfall->live,
        [FREE_RELEASABLE] = waterfall->releasable,
        [FREE_PINNED] = waterfall->pinned,
        [FREE_FORECAST] = waterfall->forecast,
        [FREE_GIVEN_BACK] = waterfall->given_back,
        [FREE_RATIO] = waterfall->ratio,
    };
    return values[what];
}

static bool has_free(const struct summary_group *group, unsigned what)
{
    for (size_t i = 0; i < group->row_count; i++) {
        if (!metric_is_absent(free_of(&group->rows[i].waterfall, what))) {
            return true;
        }
    }
    return false;
}

/* What is unexplained goes last, as it is never folded. */
static struct shown shown_of(const struct summary_group *group)
{
    struct shown shown = {0};
    double weights[LAYER_COUNT];
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        double weight = weight_of(group, (enum waterfall_layer)layer);
        weights[layer] = layer == LAYER_UNEXPLAINED ? INFINITY : weight;
        if (!(weight > 0)) {
            continue;
        }
        size_t at = shown.count++;
        for (; at > 0 && weights[shown.layers[at - 1]] > weights[layer]; at--) {
            shown.layers[at] = shown.layers[at - 1];
        }
        shown.layers[at] = (enum waterfall_layer)layer;
        shown.is_shown[layer] = true;
    }
    shown.foldable = shown.count - shown.is_shown[LAYER_UNEXPLAINED];
    for (unsigned what = 0; what < FREE_COUNT; what++) {
        shown.is_free_shown[what] = has_free(group, what);
    }
    return shown;
}

static void add_column(struct columns *columns, const struct form *form, enum kind kind,
                       unsigned index, const struct heading *heading)
{
    columns->items[columns->count++] =
        (struct column){.kind = kind,
                        .index = index,
                        .top = form->tight ? heading->tight_top : heading->top,
                        .bottom = form->tight ? heading->tight_bottom : heading->bottom};
}

static void add_free(struct columns *columns, const struct form *form, const struct shown *shown,
                     unsigned first)
{
    for (unsigned what = first; what < FREE_COUNT; what++) {
        if (shown->is_free_shown[what]) {
            add_column(columns, form, KIND_FREE, what, &free_headings[what]);
        }
    }
}

static struct columns layer_columns(const struct form *form, const struct shown *shown)
{
    static const struct heading name = {"", "allocator", "", "allocator"},
                                rss = {"", "rss", "", "rss"}, rest = {"", "rest", "", "rest"};
    struct columns columns = {.is_coarse = form->coarse, .is_cut = form->cut};
    for (size_t i = 0; i < form->folded; i++) {
        columns.is_rest[shown->layers[i]] = true;
    }
    add_column(&columns, form, KIND_NAME, 0, &name);
    add_column(&columns, form, KIND_RSS, 0, &rss);
    for (unsigned layer = 0; layer < LAYER_COUNT; layer++) {
        if (layer == LAYER_UNEXPLAINED && form->folded > 0) {
            add_column(&columns, form, KIND_REST, 0, &rest);
        }
        if (shown->is_shown[layer] && !columns.is_rest[layer]) {
            add_column(&columns, form, KIND_LAYER, layer, &layer_headings[layer]);
        }
    }
    if (form->joined) {
        add_free(&columns, form, shown, FREE_FORECAST); /* the former are layers */
    }
    return columns;
}

static struct columns free_columns(const struct form *form, const struct shown *shown)
{
    static const struct heading name = {"", "allocator", "", "allocator"};
    struct columns columns = {.is_coarse = form->coarse, .is_cut = form->cut};
    add_column(&columns, form, KIND_NAME, 0, &name);
    add_free(&columns, form, shown, FREE_LIVE);
    return columns;
}

static double rest_of(const struct summary_row *row, const struct columns *columns)
{
    double sum = METRIC_ABSENT;
    for (unsigned layer = 0; layer < LAYER_COUNT; layer++) {
        double bytes = layer_of(row, layer);
        if (columns->is_rest[layer] && !metric_is_absent(bytes)) {
            sum = metric_is_absent(sum) ? bytes : sum + bytes;
        }
    }
    return sum;
}

/* "-0.0" is none. */
static char *number_text(double value, int decimals)
{
    static const double halves[] = {0.5, 0.05, 0.005};
    if (metric_is_absent(value)) {
        return text_copy("-");
    }
    return text_format("%.*f", decimals, fabs(value) < halves[decimals] ? 0 : value);
}

static char *cell_text(const struct prose *prose, const struct summary_row *row,
                       const struct columns *columns, const struct column *column)
{
    const struct waterfall_bar *settled = &row->waterfall.bars[WATERFALL_SETTLED];
    double value = METRIC_ABSENT;
    switch (column->kind) {
    case KIND_NAME:
        return fit_text(row->allocator, columns->is_cut ? CUT_NAME : SIZE_MAX, prose->ascii);
    case KIND_RSS:
        value = settled->is_known ? settled->rss : METRIC_ABSENT;
        break;
    case KIND_LAYER:
        if (column->index == LAYER_MALLOC_UNSPLIT &&
            waterfall_is_split(&row->waterfall, WATERFALL_SETTLED)) {
            return text_copy(""); /* '-' would say that it is not known */
        }
        value = layer_of(row, column->index);
        break;
    case KIND_REST:
        value = rest_of(row, columns);
        break;
    case KIND_FREE:
        value = free_of(&row->waterfall, column->index);
        break;
    }
    if (column->kind == KIND_FREE && column->index == FREE_RATIO) {
        return number_text(value, 2);
    }
    return number_text(value / mebibyte, columns->is_coarse ? 0 : 1);
}

/* Prints the table if it fits, or if it must. Returns whether it did. */
static bool print_lines(const struct prose *prose, const struct summary_group *group,
                        const struct columns *columns, const struct form *form, bool must)
{
    struct grid grid = {.columns = columns->count};
    for (size_t i = 0; i < columns->count; i++) {
        grid_put(&grid, text_copy(columns->items[i].top), PROSE_BOLD);
    }
    for (size_t i = 0; i < columns->count; i++) {
        grid_put(&grid, text_copy(columns->items[i].bottom), PROSE_BOLD);
    }
    for (size_t i = 0; i < group->row_count; i++) {
        for (size_t j = 0; j < columns->count; j++) {
            grid_put(&grid, cell_text(prose, &group->rows[i], columns, &columns->items[j]), NULL);
        }
    }
    bool is_printed = fit_print(&grid, form->gap, prose, must);
    grid_clear(&grid);
    return is_printed;
}

static void print_rest(const struct prose *prose, const struct columns *columns)
{
    struct text_list names = {0};
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        if (columns->is_rest[layer]) {
            text_list_add(&names, waterfall_layers[layer].name);
        }
    }
    cleanup_free char *list = text_join(&names, "; ");
    cleanup_free char *text = text_format("rest: %s", list);
    prose_wrap(prose, 0, 6, text);
    text_list_clear(&names);
}

static bool try_form(const struct prose *prose, const struct summary_group *group,
                     const struct shown *shown, const struct form *form, bool must)
{
    struct columns columns = layer_columns(form, shown);
    bool is_printed = print_lines(prose, group, &columns, form, must);
    if (is_printed && form->folded > 0) {
        print_rest(prose, &columns);
    }
    return is_printed;
}

/* The smallest layers go together, the fewest that make it fit; of what is left, `keep` stay. */
static bool try_folded(const struct prose *prose, const struct summary_group *group,
                       const struct shown *shown, struct form form, size_t keep)
{
    for (form.folded = 2; form.folded + keep <= shown->foldable; form.folded++) {
        if (try_form(prose, group, shown, &form, false)) {
            return true;
        }
    }
    return false;
}

/* From roomy to tight. Returns whether the free memory is in the table. */
static bool print_layers(const struct prose *prose, const struct summary_group *group,
                         const struct shown *shown)
{
    enum { KEEP = 6 }; /* files, and pymalloc and malloc by what is live and what is free */
    static const struct form whole[] =
        {
            {.gap = "  ", .joined = true},
            {.gap = "  ", .joined = true, .tight = true},
            {.gap = " ", .joined = true, .tight = true},
            {.gap = " ", .joined = true, .tight = true, .cut = true},
        },
                             parted[] = {
                                 {.gap = "  "},
                                 {.gap = "  ", .tight = true},
                                 {.gap = " ", .tight = true, .cut = true},
                             };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        if (try_form(prose, group, shown, &whole[i], false)) {
            return true;
        }
    }
    struct form tight = {.gap = " ", .tight = true, .joined = true, .cut = true};
    if (try_folded(prose, group, shown, tight, KEEP)) {
        return true;
    }
    tight.joined = false;
    for (size_t i = 0; i < sizeof parted / sizeof *parted; i++) {
        if (try_form(prose, group, shown, &parted[i], false)) {
            return false;
        }
    }
    if (prose->width < narrow) {
        try_form(prose, group, shown, &tight, true);
    } else if (!try_folded(prose, group, shown, tight, 1)) {
        tight.coarse = true;
        tight.folded = shown->foldable >= 2 ? (unsigned)shown->foldable : 0;
        try_form(prose, group, shown, &tight, true);
    }
    return false;
}

static void print_free(const struct prose *prose, const struct summary_group *group,
                       const struct shown *shown)
{
    static const struct form forms[] = {
        {.gap = "  "},
        {.gap = " ", .tight = true},
        {.gap = " ", .tight = true, .cut = true},
        {.gap = " ", .tight = true, .cut = true, .coarse = true},
    };
    size_t count = sizeof forms / sizeof *forms - (prose->width < narrow);
    bool is_printed = false;
    for (size_t i = 0; i < count && !is_printed; i++) {
        struct columns columns = free_columns(&forms[i], shown);
        is_printed = print_lines(prose, group, &columns, &forms[i], i == count - 1);
    }
}

static bool is_known(const struct summary_group *group)
{
    for (size_t i = 0; i < group->row_count; i++) {
        if (group->rows[i].waterfall.bars[WATERFALL_SETTLED].is_known) {
            return true;
        }
    }
    return false;
}

static bool has_any_free(const struct shown *shown)
{
    bool is_any = false;
    for (int what = 0; what < FREE_COUNT; what++) {
        is_any = is_any || shown->is_free_shown[what];
    }
    return is_any;
}

void layers_print(const struct prose *prose, const struct summary_workload *workload)
{
    for (size_t i = 0; i < workload->group_count; i++) {
        const struct summary_group *group = &workload->groups[i];
        if (!is_known(group)) {
            continue;
        }
        const struct shown shown = shown_of(group);
        group_caption(prose, workload, group, "Where resident memory is at settled, MiB");
        bool is_all = print_layers(prose, group, &shown);
        if (!is_all && has_any_free(&shown)) {
            group_caption(prose, workload, group, "Live and free memory, and the release, MiB");
            print_free(prose, group, &shown);
        }
    }
}
