/* The class of a host: what of a machine decides how much memory the same program takes.
 *
 * Within a class, memory is compared as it is. From one class to another only what was measured
 * beside it, on the same machine, gives it a meaning: kernels place and count pages otherwise,
 * larger pages hold more, huge pages round up, and allocators make arenas by processors. What is
 * not of the class (how much memory there is, the processor's name) is known to leave the memory
 * of a process alone. */
#pragma once

#include "measure/host.h"

/* Facts of a class, in the order in which they are told. */
enum { HOST_CLASS_FACTS = 6 };
extern const char *const host_class_facts[HOST_CLASS_FACTS];

/* A fact as far as it decides the class: of a kernel's release its major and minor number. "" if
 * the host does not tell. The caller frees it. */
char *host_class_value(const struct host *host, const char *fact);

/* What `one` is and `other` is not: "kernel 6.18, not 6.1; processors 2, not 4"; NULL if they are
 * of one class. A fact that only one of them tells is a difference. The caller frees it. */
char *host_class_difference(const struct host *one, const struct host *other);
