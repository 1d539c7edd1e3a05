#include "run/launch.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/environment.h"
#include "plan/locate.h"
#include "run/keeper.h"

static void add_option(struct text_list *argv, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_option(struct text_list *argv, const char *name, const char *format, ...)
{
    char value[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    text_list_add(argv, name);
    text_list_add(argv, value);
}

static void add_flag(struct text_list *argv, const char *name, bool is_set)
{
    if (is_set) {
        text_list_add(argv, name);
    }
}

static void add_options(const struct plan *plan, const struct trial *trial, struct text_list *argv)
{
    const struct options *options = plan->options;
    add_option(argv, "--wire", "%d", KEEPER_WIRE);
    add_option(argv, "--stacks", "%d", KEEPER_STACKS);
    add_option(argv, "--hash-seed", "%u", trial->hash_seed);
    add_option(argv, "--cycles", "%u", options->cycles);
    add_option(argv, "--settle", "%.9g", options->settle);
    if (trial->setting->library) {
        add_option(argv, "--library", "%s", trial->setting->library);
    }
    if (options->venv) {
        add_option(argv, "--venv", "%s", options->venv);
    }
    add_flag(argv, "--malloc", trial->object_allocator == OBJECT_MALLOC);
    add_flag(argv, "--tick", options->tick);
    add_flag(argv, "--script", trial->workload->is_script);
    add_flag(argv, "--interruptible", trial->workload->is_script && !isnan(options->duration));
    for (size_t i = 0; i < trial->workload->parameter_count; i++) {
        const struct parameter *parameter = &trial->workload->parameters[i];
        cleanup_free char *text =
            text_format("%s=%c:%s", parameter->name, parameter->type, parameter->value);
        text_list_add(argv, "--parameter");
        text_list_add(argv, text);
    }
}

/* Environment strings lie above the stack, so their size moves it (Mytkowicz et al. 2009). */
static void add_padding(struct text_list *environment, unsigned padding)
{
    cleanup_free char *filler = text_allocate(padding + 1);
    memset(filler, 'x', padding);
    filler[padding] = '\0';
    cleanup_free char *variable = text_format("MEMBENCH_PADDING=%s", filler);
    text_list_add(environment, variable);
}

int launch_prepare(const struct plan *plan, const struct trial *trial, struct text_list *argv,
                   struct text_list *environment, struct error *err)
{
    cleanup_free char *worker = locate_worker(err);
    if (!worker) {
        return -1;
    }
    text_list_add(argv, worker);
    add_options(plan, trial, argv);
    text_list_add(argv, "--");
    text_list_add(argv, trial->workload->given);
    for (size_t i = 0; trial->workload->is_script && i < plan->options->arguments.count; i++) {
        text_list_add(argv, plan->options->arguments.items[i]);
    }

    environment_add_common(environment);
    for (size_t i = 0; i < plan->options->environment.count; i++) {
        if (environment_add_given(environment, plan->options->environment.items[i], err)) {
            return -1;
        }
    }
    environment_add_setting(environment, trial->setting);
    add_padding(environment, trial->padding);
    return 0;
}
