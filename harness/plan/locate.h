/* Where membench's own other parts lie: beside the running program, installed or in its build. */
#pragma once

#include "base/error.h"

/* The path of membench-worker; the caller frees it. */
char *locate_worker(struct error *err);

/* The path of ld.so, which the worker is started by too; the caller frees it. */
char *locate_loader(struct error *err);

/* The directory of the shipped workloads; the caller frees it. */
char *locate_workloads(struct error *err);
