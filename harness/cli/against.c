#include "cli/against.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/exit_status.h"
#include "cli/sitting.h"
#include "cli/terminal.h"
#include "report/annotations.h"
#include "report/contrast_table.h"
#include "stats/extract.h"

char *against_path(const char *given, const struct options *options)
{
    bool is_name = strpbrk(given, "/.") == NULL;
    return is_name ? text_format("%s/baselines/%s.txt", options->out, given) : text_copy(given);
}

/* DATABASE:RUN, if what stands before the last ':' is a file. */
static char *split_database(const char *given, const char **id)
{
    const char *colon = strrchr(given, ':');
    cleanup_free char *path =
        colon ? text_format("%.*s", (int)(colon - given), given) : text_copy("");
    if (!colon || access(path, F_OK)) {
        return NULL;
    }
    *id = colon + 1;
    return take_pointer(path);
}

int against_load_run(struct stored_run *run, const char *given, const struct options *options,
                     struct error *err)
{
    struct database database = {0};
    const char *id = given;
    cleanup_free char *other = split_database(given, &id);
    struct options where = *options;
    where.db = other ? other : options->db;
    if (sitting_open_store(&database, &where, DATABASE_READ, err)) {
        return -1;
    }
    int failed = store_load(&database, id, run, err);
    database_close(&database);
    return failed;
}

bool against_is_complete(const struct stored_run *run)
{
    if (run->info.finished[0] == '\0') {
        return false;
    }
    for (size_t i = 0; i < run->record_count; i++) {
        if (!record_is_expected(&run->records[i])) {
            return false;
        }
    }
    return true;
}

/* ---- two sides ---- */

struct side {
    char *name;
    bool is_file;
    struct baseline baseline; /* of a file */
    struct stored_run run;    /* else */
};

static bool is_file(const char *given, const struct options *options)
{
    cleanup_free char *path = against_path(given, options);
    const char *id;
    cleanup_free char *database = split_database(given, &id);
    return baseline_is_file(path) || (!database && strchr(given, '/') != NULL);
}

static int load_side(struct side *side, const char *given, const struct options *options,
                     struct error *err)
{
    *side = (struct side){.is_file = is_file(given, options)};
    if (side->is_file) {
        cleanup_free char *path = against_path(given, options);
        side->name = text_copy(file_basename(path));
        return baseline_load(&side->baseline, path, err);
    }
    if (against_load_run(&side->run, given, options, err)) {
        return -1;
    }
    side->name = text_copy(side->run.info.id);
    return 0;
}

static void clear_side(struct side *side)
{
    free(side->name);
    if (side->is_file) {
        baseline_clear(&side->baseline);
    } else {
        stored_run_clear(&side->run);
    }
}

static const struct gate *gates_of(const struct side *side, size_t *count)
{
    *count = side->is_file ? side->baseline.gate_count : side->run.options.gate_count;
    return side->is_file ? side->baseline.gates : side->run.options.gates;
}

/* Hands over what the side has of the figures that the gates name. */
static void take_side(struct side *side, struct baseline *baseline, const struct gate *gates,
                      size_t gate_count)
{
    if (side->is_file) {
        *baseline = side->baseline;
        baseline_init(&side->baseline);
    } else {
        extract_baseline(baseline, &side->run, gates, gate_count);
    }
}

/* By these gates, or those that hold without a plan. */
static void contrast(struct against *against, struct side *one, struct side *other,
                     const struct gate *gates, size_t gate_count, const char *control)
{
    against->baseline_name = text_copy(one->name);
    against->candidate_name = text_copy(other->name);
    against->is_incomplete = !other->is_file && !against_is_complete(&other->run);
    struct contrast_question question = {
        .baseline = &against->baseline,
        .candidate = &against->candidate,
        .baseline_name = against->baseline_name,
        .candidate_name = against->candidate_name,
        .gated = &against->gated,
        .control = control ? control : "",
        .looks = other->is_file ? 1 : verdicts_looks(&other->run.options),
        .seed = other->is_file ? 0 : other->run.info.seed,
        .is_strict = gate_count > 0};
    /* The gates are a side's, which may be handed over. */
    baseline_init(&against->gates);
    baseline_copy_gates(&against->gates, gates, gate_count);
    gates = against->gates.gates;
    take_side(one, &against->baseline, gates, gate_count);
    take_side(other, &against->candidate, gates, gate_count);
    gated_init(&against->gated, gates, gate_count);
    contrast_make(&against->contrast, &question);
}

int against_sides(struct against *against, const char *baseline, const char *candidate,
                  const struct options *options, struct error *err)
{
    struct side one, other = {0};
    *against = (struct against){0};
    int failed = load_side(&one, baseline, options, err);
    failed = failed || load_side(&other, candidate, options, err);
    if (!failed) {
        size_t count;
        const struct gate *gates = gates_of(&other, &count);
        gates = count > 0 ? gates : gates_of(&one, &count);
        contrast(against, &one, &other, gates, count, options->control);
    }
    clear_side(&one);
    clear_side(&other);
    return failed ? -1 : 0;
}

int against_file(struct against *against, const char *path, const struct stored_run *run,
                 struct error *err)
{
    struct side one = {.is_file = true, .name = text_copy(file_basename(path))};
    struct side other = {.run = *run, .name = run->info.id};
    *against = (struct against){0};
    if (baseline_load(&one.baseline, path, err)) {
        free(one.name);
        return -1;
    }
    bool has_gates = run->options.gate_count > 0;
    contrast(against, &one, &other, has_gates ? run->options.gates : one.baseline.gates,
             has_gates ? run->options.gate_count : one.baseline.gate_count, NULL);
    clear_side(&one);
    return 0;
}

void against_clear(struct against *against)
{
    contrast_clear(&against->contrast);
    gated_clear(&against->gated);
    baseline_clear(&against->baseline);
    baseline_clear(&against->candidate);
    baseline_clear(&against->gates);
    free(against->baseline_name);
    free(against->candidate_name);
}

size_t against_blocks(const struct against *against)
{
    size_t most = 0;
    for (size_t i = 0; i < against->baseline.series_count; i++) {
        size_t count = against->baseline.series[i].count;
        most = count > most ? count : most;
    }
    return most;
}

/* ---- what is shown ---- */

int against_print(const struct against *against, bool no_color, struct error *err)
{
    struct prose prose = {.out = stdout,
                          .width = terminal_width(stdout),
                          .color = terminal_has_color(stdout, no_color),
                          .ascii = !terminal_is_utf8()};
    contrast_table_print(&prose, &against->contrast, against->baseline_name,
                         against->candidate_name);
    if (against->contrast.compared == 0) {
        prose_wrap(&prose, 0, 2, "Nothing could be compared.");
    }
    if (against->is_incomplete) {
        cleanup_free char *text =
            text_format("%s is not complete: it has not finished, or some of its trials were not "
                        "ok.",
                        against->candidate_name);
        prose_wrap(&prose, 0, 2, text);
    }
    fflush(stdout);
    return ferror(stdout) ? error_set(err, "cannot write the table: the output is closed") : 0;
}

int against_publish(const struct against *against, struct error *err)
{
    struct annotations annotations = {0};
    annotations_add(&annotations, &against->contrast.verdicts);
    int failed = annotations_publish(&annotations, &against->contrast.verdicts, stdout, err);
    annotations_clear(&annotations);
    return failed;
}

int against_status(const struct against *against)
{
    bool is_complete = !against->is_incomplete && against->contrast.compared > 0;
    return exit_status_of_verdicts(&against->contrast.verdicts, is_complete);
}
