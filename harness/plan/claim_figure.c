#include "plan/claim_figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/phase.h"
#include "plan/claim_scanner.h"
#include "plan/setting.h"

static int find_metric(const char *name)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (strcmp(metric_table[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static char *near_metrics(const char *name)
{
    const char *names[METRIC_COUNT];
    for (int i = 0; i < METRIC_COUNT; i++) {
        names[i] = metric_table[i].name;
    }
    return text_nearest(name, names, METRIC_COUNT);
}

static int no_figure(struct claim_scanner *scanner, const char *word, size_t place)
{
    if (find_metric(word) >= 0) {
        cleanup_free char *meant = text_format("'" PHASE_END ".%s'", word);
        return claim_scanner_fail(scanner, place, meant, "'%s' stands without a phase", word);
    }
    return claim_scanner_fail(scanner, place, NULL, "'%.100s' is not PHASE.METRIC", word);
}

int claim_figure_read(struct claim_scanner *scanner, const char *word, size_t place,
                      struct claim_figure *figure)
{
    const char *dot = strchr(word, '.');
    if (!dot) {
        return no_figure(scanner, word, place);
    }
    cleanup_free char *phase = text_format("%.*s", (int)(dot - word), word);
    if (!phase_is_well_formed(phase)) {
        cleanup_free char *near = text_nearest(phase, phase_built_in, PHASE_BUILT_IN_COUNT);
        return claim_scanner_fail(scanner, place, near, "'%.64s' cannot be a phase", phase);
    }
    int metric = find_metric(dot + 1);
    if (metric < 0) {
        cleanup_free char *near = near_metrics(dot + 1);
        return claim_scanner_fail(scanner, place + (size_t)(dot + 1 - word), near,
                                  "unknown metric '%.64s'", dot + 1);
    }
    figure->phase = take_pointer(phase);
    figure->metric = (enum metric)metric;
    figure->phase_place = place;
    return 0;
}

int claim_figure_read_allocator(struct claim_scanner *scanner, const char *word, size_t place,
                                struct claim_figure *figure)
{
    if (!setting_is_name(word)) {
        return claim_scanner_fail(scanner, place, NULL,
                                  "'%.64s' cannot be the name of an allocator", word);
    }
    figure->allocator = text_copy(word);
    figure->allocator_place = place;
    return 0;
}

int claim_figure_parse(struct claim_figure *figure, const char *text, struct error *err)
{
    struct claim_scanner scanner = {.text = text, .err = err};
    *figure = (struct claim_figure){0};
    return claim_figure_read(&scanner, text, 0, figure);
}

int claim_figure_parse_metric(const char *text, enum metric *metric, struct error *err)
{
    int found = find_metric(text);
    if (found < 0) {
        cleanup_free char *near = near_metrics(text);
        error_set(err, "unknown metric '%.64s'", text);
        return error_hint(err, "%s%s%s'membench list metrics' shows all",
                          near ? "did you mean " : "", near ? near : "", near ? "? " : "");
    }
    *metric = (enum metric)found;
    return 0;
}

void claim_figure_clear(struct claim_figure *figure)
{
    free(figure->allocator);
    free(figure->phase);
    *figure = (struct claim_figure){0};
}
