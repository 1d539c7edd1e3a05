#include "inspect/runtime.h"

#include <elf.h>
#include <string.h>

#include "inspect/elf_file.h"
#include "measure/cpython.h"

/* No list of a sound interpreter is longer; a torn one may be a ring. */
enum { LIST_MOST = 1 << 20 };

/* Where the static variables of the file are that holds the address. */
static void find_data(struct runtime *runtime, const struct elf_file *file)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file->bytes;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(file->bytes + header->e_phoff);
    for (size_t i = 0; i < header->e_phnum; i++) {
        uint64_t start = file->bias + segments[i].p_vaddr;
        if (segments[i].p_type == PT_LOAD && runtime->address >= start &&
            runtime->address - start < segments[i].p_memsz) {
            runtime->data_start = start;
            runtime->data_end = start + segments[i].p_memsz;
        }
    }
}

static bool is_known_version(const struct elf_file *file)
{
    uint64_t symbol = elf_file_symbol(file, "Py_Version");
    const void *at = symbol ? elf_file_data(file, symbol, sizeof(uint32_t)) : NULL;
    uint32_t version = 0;
    if (at) {
        memcpy(&version, at, sizeof version);
    }
    return version >> 16 == CPYTHON_VERSION;
}

static void look_into(struct runtime *runtime, const struct image *image,
                      const struct mapping *mapping)
{
    struct elf_file file;
    if (!mapping || elf_file_open(&file, image, mapping)) {
        return;
    }
    uint64_t address = elf_file_symbol(&file, "_PyRuntime");
    if (address != 0 && is_known_version(&file)) {
        runtime->address = address;
        runtime->type = elf_file_symbol(&file, "PyType_Type");
        find_data(runtime, &file);
    }
    elf_file_close(&file);
}

/* The executable lies below all libraries. */
static const struct mapping *find_program(const struct image *image)
{
    for (size_t i = 0; i < image->mapping_count; i++) {
        if (image->mappings[i].path[0] == '/') {
            return &image->mappings[i];
        }
    }
    return NULL;
}

bool runtime_find(struct runtime *runtime, struct image *image)
{
    *runtime = (struct runtime){0};
    look_into(runtime, image, find_program(image));
    if (runtime->address == 0) {
        look_into(runtime, image, elf_file_find(image, "libpython"));
    }
    if (runtime->address != 0) {
        runtime->interpreter = image_word(image, runtime->address + CPYTHON_RUNTIME_INTERPRETERS);
    }
    return runtime->interpreter != 0;
}

/* Calls for the address of each thread state. */
static void each_state(struct image *image,
                       void (*callback)(struct image *image, uint64_t state, void *context),
                       void *context)
{
    struct runtime runtime;
    if (!runtime_find(&runtime, image)) {
        return;
    }
    size_t left = LIST_MOST;
    for (uint64_t interpreter = runtime.interpreter; interpreter != 0 && left > 0;
         interpreter = image_word(image, interpreter + CPYTHON_INTERPRETER_NEXT), left--) {
        for (uint64_t state = image_word(image, interpreter + CPYTHON_INTERPRETER_THREADS);
             state != 0 && left > 0; state = image_word(image, state + CPYTHON_THREAD_NEXT)) {
            callback(image, state, context);
            left--;
        }
    }
}

static void take_stack(struct image *image, uint64_t state, void *context)
{
    struct survey *survey = context;
    uint64_t chunk = image_word(image, state + CPYTHON_THREAD_DATASTACK);
    for (size_t left = LIST_MOST; chunk != 0 && left > 0; left--) {
        uint64_t size = image_word(image, chunk + CPYTHON_CHUNK_SIZE);
        if (chunk % IMAGE_PAGE != 0 || size == 0 || size % IMAGE_PAGE != 0) {
            return;
        }
        survey_take(survey, METRIC_OWNER_OTHER, chunk, chunk + size);
        chunk = image_word(image, chunk + CPYTHON_CHUNK_PREVIOUS);
    }
}

void runtime_survey(struct survey *survey)
{
    each_state(survey->image, take_stack, survey);
}

struct thread_listener {
    void (*callback)(uint64_t pthread, pid_t tid, void *context);
    void *context;
};

static void tell_thread(struct image *image, uint64_t state, void *context)
{
    const struct thread_listener *listener = context;
    listener->callback(image_word(image, state + CPYTHON_THREAD_ID),
                       (pid_t)image_word(image, state + CPYTHON_THREAD_NATIVE_ID),
                       listener->context);
}

void runtime_each_thread(struct image *image,
                         void (*callback)(uint64_t pthread, pid_t tid, void *context),
                         void *context)
{
    struct thread_listener listener = {callback, context};
    each_state(image, tell_thread, &listener);
}
