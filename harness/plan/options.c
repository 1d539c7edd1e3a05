#include "plan/options.h"

#include <math.h>
#include <stdlib.h>
#include <sys/random.h>

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

void options_clear(struct options *options)
{
    text_list_clear(&options->given);
    text_list_clear(&options->workloads);
    text_list_clear(&options->arguments);
    text_list_clear(&options->allocators);
    text_list_clear(&options->parameters);
    text_list_clear(&options->environment);
    free(options->venv);
    options->venv = NULL;
}
