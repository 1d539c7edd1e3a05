#include "plan/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "measure/procfs.h"

/* Of the memory that is free for use when the run begins. */
static const double memory_share = 0.8;

const char *options_object_allocator_name(enum object_allocator allocator)
{
    return allocator == OBJECT_PYMALLOC ? "pymalloc" : "malloc";
}

const char *options_layout_name(enum layout layout)
{
    return layout == LAYOUT_FIXED ? "fixed" : "random";
}

void options_init(struct options *options)
{
    uint32_t seed = 1;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0) {
        seed = 1;
    }
    const char *venv = getenv("VIRTUAL_ENV");
    *options = (struct options){
        .use_object_allocator = {[OBJECT_PYMALLOC] = true},
        .runs = 5,
        .cycles = 1,
        .settle = 1,
        .timeout = NAN,
        .duration = NAN,
        .seed = seed,
        .memory_limit = (uint64_t)(memory_share * (double)procfs_available_memory()),
        .venv = venv && *venv ? text_copy(venv) : NULL,
        .out = "results",
    };
}

static void clear_order(struct workload_order *order)
{
    free(order->path);
    free(order->name);
    free(order->origin);
    text_list_clear(&order->parameters);
}

void options_clear(struct options *options)
{
    text_list_clear(&options->given);
    text_list_clear(&options->workloads);
    text_list_clear(&options->arguments);
    text_list_clear(&options->allocators);
    text_list_clear(&options->parameters);
    text_list_clear(&options->environment);
    text_list_clear(&options->formats);
    for (size_t i = 0; i < options->order_count; i++) {
        clear_order(&options->orders[i]);
    }
    for (size_t i = 0; i < options->claim_count; i++) {
        claim_clear(&options->claims[i]);
    }
    for (size_t i = 0; i < options->gate_count; i++) {
        gate_clear(&options->gates[i]);
    }
    free(take_pointer(options->orders));
    free(take_pointer(options->claims));
    free(take_pointer(options->gates));
    options->order_count = options->claim_count = options->gate_count = 0;
    free(take_pointer(options->plan_path));
    free(take_pointer(options->plan_json));
    free(take_pointer(options->title));
    free(take_pointer(options->description));
    free(take_pointer(options->venv));
}

bool options_is_given(const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->given.count; i++) {
        if (strcmp(options->given.items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

struct workload_order *options_add_order(struct options *options)
{
    options->orders = text_grow(options->orders, options->order_count + 1, sizeof *options->orders);
    struct workload_order *order = &options->orders[options->order_count++];
    *order = (struct workload_order){0};
    return order;
}

struct gate *options_add_gate(struct options *options)
{
    options->gates = text_grow(options->gates, options->gate_count + 1, sizeof *options->gates);
    struct gate *gate = &options->gates[options->gate_count++];
    *gate = (struct gate){0};
    return gate;
}

int options_add_claim(struct options *options, const char *text, const char *title,
                      const char *source, struct error *err)
{
    struct claim claim;
    if (claim_parse(&claim, text, NULL, err)) {
        return -1;
    }
    free(claim.title);
    free(claim.source);
    claim.title = text_copy(title ? title : "");
    claim.source = text_copy(source ? source : "");
    options->claims = text_grow(options->claims, options->claim_count + 1, sizeof *options->claims);
    options->claims[options->claim_count++] = claim;
    return 0;
}

int options_set_object_allocator(struct options *options, const char *value, struct error *err)
{
    bool both = strcmp(value, "both") == 0;
    options->use_object_allocator[OBJECT_PYMALLOC] = both || strcmp(value, "pymalloc") == 0;
    options->use_object_allocator[OBJECT_MALLOC] = both || strcmp(value, "malloc") == 0;
    if (!options->use_object_allocator[OBJECT_PYMALLOC] &&
        !options->use_object_allocator[OBJECT_MALLOC]) {
        error_set(err, "there is no object allocator '%s'", value);
        return error_hint(err, "one of pymalloc, malloc, both");
    }
    return 0;
}

static int set_whole(const char *value, int64_t low, int64_t high, unsigned *target,
                     struct error *err)
{
    int64_t number;
    if (text_parse_whole(value, low, high, &number)) {
        error_set(err, "'%s' is not a whole number from %lld to %lld", value, (long long)low,
                  (long long)high);
        return error_hint(err, "--help shows what each option takes");
    }
    *target = (unsigned)number;
    return 0;
}

int options_set_runs(struct options *options, const char *value, struct error *err)
{
    options->has_runs = true;
    options->runs_auto = strcmp(value, "auto") == 0;
    if (options->runs_auto) {
        options->runs = OPTIONS_AUTO_RUNS;
        return 0;
    }
    return set_whole(value, 1, 10000, &options->runs, err);
}

int options_set_cycles(struct options *options, const char *value, struct error *err)
{
    return set_whole(value, 1, 1000000, &options->cycles, err);
}

static int set_seconds(const char *value, double low, double *target, struct error *err)
{
    double seconds;
    /* A year: more is a slip of the finger, and far from what timers can hold. */
    if (text_parse_number(value, low, &seconds) || seconds > 31536000) {
        error_set(err, "'%s' is not a number of seconds", value);
        return error_hint(err, "give a number of at least %g, without a unit", low);
    }
    *target = seconds;
    return 0;
}

int options_set_settle(struct options *options, const char *value, struct error *err)
{
    return set_seconds(value, 0, &options->settle, err);
}

int options_set_timeout(struct options *options, const char *value, struct error *err)
{
    return set_seconds(value, 0.1, &options->timeout, err);
}

int options_set_duration(struct options *options, const char *value, struct error *err)
{
    return set_seconds(value, 0, &options->duration, err);
}

int options_set_seed(struct options *options, const char *value, struct error *err)
{
    int64_t seed;
    if (text_parse_whole(value, 0, INT64_MAX, &seed)) {
        error_set(err, "'%s' is not a seed", value);
        return error_hint(err, "give a whole number of at least 0");
    }
    options->seed = (uint64_t)seed;
    return 0;
}

int options_set_layout(struct options *options, const char *value, struct error *err)
{
    if (strcmp(value, "random") != 0 && strcmp(value, "fixed") != 0) {
        error_set(err, "there is no layout '%s'", value);
        return error_hint(err, "one of random, fixed");
    }
    options->layout = value[0] == 'f' ? LAYOUT_FIXED : LAYOUT_RANDOM;
    return 0;
}

int options_set_thp(struct options *options, const char *value, struct error *err)
{
    if (strcmp(value, "host") != 0 && strcmp(value, "off") != 0) {
        error_set(err, "'%s' is not a mode of transparent huge pages", value);
        return error_hint(err, "one of host (as this machine is set), off");
    }
    options->no_huge_pages = value[0] == 'o';
    return 0;
}

int options_set_memory_limit(struct options *options, const char *value, struct error *err)
{
    if (text_parse_size(value, &options->memory_limit) || options->memory_limit == 0) {
        error_set(err, "'%s' is not a size", value);
        return error_hint(err, "give bytes, or a number with KiB, MiB or GiB, as in 2GiB");
    }
    return 0;
}

void options_choose_runs(struct options *options)
{
    if (!options->has_runs && (options->claim_count > 0 || options->gate_count > 0)) {
        options->runs_auto = true;
        options->runs = OPTIONS_AUTO_RUNS;
    }
}
