/* A plan in a file: what is to be measured, what is claimed, and what must not become worse.
 *
 *     title = "..."  description = "..."
 *     [run]         runs cycles settle tick timeout seed layout thp object-allocator memory-limit
 *                   allocators
 *     [[workload]]  file parameters name
 *     [[claim]]     text title source
 *     [gate.METRIC] level threshold control           (gate.h)
 *
 * The file is TOML and is read by the worker's own tomllib, in a short-lived process that answers
 * in JSON. A run is stored with that JSON, so that it goes on, and is repeated, by the plan that it
 * was started with. Errors name the file, the dotted path of the key, and the nearest known one.
 *
 * A file of a workload lies beside the plan, wherever membench is called from; else it is the name
 * of a shipped one. */
#pragma once

#include "plan/options.h"

/* Reads the file `options->plan_path` into `options->plan_json`; the path becomes absolute. */
int planfile_read(struct options *options, struct error *err);

/* Takes over what `options->plan_json` says and the command line does not: an option that was given
 * there stands, workloads and allocators given there replace the plan's, parameters and claims are
 * added to the plan's. Nothing is looked up yet but the files of the workloads. */
int planfile_apply(struct options *options, struct error *err);
