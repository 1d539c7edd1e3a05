#include "inspect/inspect.h"

#include <string.h>

#include "base/text.h"
#include "inspect/elf_file.h"
#include "inspect/ptmalloc.h"
#include "inspect/pymalloc.h"
#include "inspect/runtime.h"
#include "inspect/survey.h"
#include "inspect/threads.h"

/* Memory that comes from nowhere on disk but has a name. */
static bool is_shared_memory(const char *path)
{
    static const char *const prefixes[] = {"/dev/zero", "/memfd:", "/SYSV", "/dev/shm/",
                                           "[anon_shmem"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (text_starts_with(path, prefixes[i])) {
            return true;
        }
    }
    return false;
}

static void add_files(struct survey *survey)
{
    struct image *image = survey->image;
    for (size_t i = 0; i < image->mapping_count; i++) {
        const struct mapping *mapping = &image->mappings[i];
        uint64_t bytes = image_resident(image, mapping->start, mapping->end, RESIDENT_FILE);
        enum metric owner = is_shared_memory(mapping->path) ? METRIC_OWNER_SHARED
                            : mapping->path[0] == '/'       ? METRIC_OWNER_FILE_CLEAN
                                                            : METRIC_OWNER_OTHER;
        survey->values[owner] += (double)bytes;
        if (mapping->path[0] == '/') {
            survey_take(survey, METRIC_OWNER_FILE_PRIVATE, mapping->start, mapping->end);
        }
    }
}

static void add_huge_slack(struct survey *survey)
{
    const struct image *image = survey->image;
    for (size_t i = 0; i < image->run_count; i++) {
        if (image->runs[i].kind == RESIDENT_HUGE_SLACK) {
            survey->values[METRIC_OWNER_HUGE_SLACK] +=
                (double)(image->runs[i].end - image->runs[i].start);
        }
    }
}

static double anonymous_bytes(const struct image *image)
{
    double bytes = 0;
    for (size_t i = 0; i < image->run_count; i++) {
        if (image->runs[i].kind == RESIDENT_ANON) {
            bytes += (double)(image->runs[i].end - image->runs[i].start);
        }
    }
    return bytes;
}

static double unclaimed_bytes(const struct survey *survey)
{
    double bytes = survey->anonymous;
    for (size_t i = 0; i < survey->claim_count; i++) {
        bytes -= (double)image_resident(survey->image, survey->claims[i].start,
                                        survey->claims[i].end, RESIDENT_ANON);
    }
    return bytes;
}

/* Lazily freed pages cannot be told one by one. glibc frees none lazily (it knows MADV_DONTNEED
 * alone), so under it they are parts of blocks in use, by madvise of whoever has them; other
 * mallocs free so what is free, and their free memory comes first. */
static void take_lazyfree(struct survey *survey, double lazyfree)
{
    static const enum metric order[] = {METRIC_OWNER_MALLOC_UNSPLIT, METRIC_OWNER_MALLOC_IN_USE,
                                        METRIC_OWNER_MALLOC_PINNED, METRIC_OWNER_MALLOC_RELEASABLE};
    double left = lazyfree > 0 ? lazyfree : 0;
    for (size_t i = 0; i < sizeof order / sizeof *order && left > 0; i++) {
        double *bytes = &survey->values[order[i]];
        double taken = *bytes < left ? *bytes : left;
        *bytes -= taken;
        left -= taken;
        survey->values[METRIC_OWNER_LAZYFREE] += taken;
    }
}

/* Before the others goes who knows his ranges for certain: bss by the program headers, stacks by
 * glibc's lists, arenas by CPython's table. Then what is recognised by its contents. */
void inspect_survey(struct survey *survey, double lazyfree)
{
    survey->anonymous = anonymous_bytes(survey->image);
    elf_file_survey(survey);
    threads_survey(survey);
    runtime_survey(survey);
    pymalloc_survey(survey);
    add_files(survey);
    add_huge_slack(survey);
    if (strcmp(survey->family, "glibc") == 0) {
        ptmalloc_survey(survey);
        survey->values[METRIC_LIVE_BYTES] = survey->pymalloc_live + survey->malloc_live;
    } else {
        survey->values[METRIC_OWNER_MALLOC_UNSPLIT] = unclaimed_bytes(survey);
    }
    take_lazyfree(survey, lazyfree);
}

static const enum metric malloc_owners[] = {
    METRIC_OWNER_MALLOC_IN_USE, METRIC_OWNER_MALLOC_RELEASABLE, METRIC_OWNER_MALLOC_PINNED,
    METRIC_OWNER_MALLOC_METADATA};

/* What this reading alone cannot know is absent: how another malloc's memory is split, and under
 * glibc everything of malloc if it is a version that is not known here. */
static void leave_out_unknown(struct survey *survey)
{
    bool is_glibc = strcmp(survey->family, "glibc") == 0;
    if (is_glibc) {
        survey->values[METRIC_OWNER_MALLOC_UNSPLIT] = METRIC_ABSENT;
    }
    bool is_known = is_glibc && !metric_is_absent(survey->malloc_live);
    for (size_t i = 0; !is_known && i < sizeof malloc_owners / sizeof *malloc_owners; i++) {
        survey->values[malloc_owners[i]] = METRIC_ABSENT;
    }
}

static int survey_process(struct survey *survey, pid_t pid, const char *family,
                          enum image_pages pages, double lazyfree, struct error *err)
{
    struct image image;
    if (image_open_process(&image, pid, pages, err)) {
        return -1;
    }
    survey_init(survey, &image, family);
    inspect_survey(survey, lazyfree);
    survey_clear(survey);
    image_close(&image);
    return 0;
}

int inspect_process(pid_t pid, const char *family, double values[METRIC_COUNT], double *malloc_seen,
                    struct error *err)
{
    struct survey survey;
    if (survey_process(&survey, pid, family, IMAGE_ALL, values[METRIC_LAZYFREE], err)) {
        return -1;
    }
    leave_out_unknown(&survey);
    for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_LAST; i++) {
        values[i] = survey.values[i];
    }
    values[METRIC_LIVE_BYTES] = survey.values[METRIC_LIVE_BYTES];
    values[METRIC_FORECAST_BYTES] = survey.values[METRIC_FORECAST_BYTES];
    *malloc_seen = survey.malloc_in_use;
    inspect_conclude(values);
    return 0;
}

static double present(double value)
{
    return metric_is_absent(value) ? 0 : value;
}

void inspect_conclude(double values[METRIC_COUNT])
{
    double sum = 0;
    for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_LAST; i++) {
        sum += present(values[i]);
    }
    values[METRIC_OWNER_UNEXPLAINED] = values[METRIC_RSS] - sum;
}

static void add_to(double *sum, double bytes)
{
    *sum = present(*sum) + present(bytes);
}

int inspect_child(pid_t pid, const char *family, double values[METRIC_COUNT], struct error *err)
{
    struct survey survey;
    if (survey_process(&survey, pid, family, IMAGE_EXCLUSIVE, 0, err)) {
        return -1;
    }
    const double *owners = survey.values;
    add_to(&values[METRIC_CHILDREN_ANON], survey.anonymous);
    add_to(&values[METRIC_CHILDREN_LIVE],
           owners[METRIC_OWNER_PYMALLOC_LIVE] + owners[METRIC_OWNER_MALLOC_IN_USE]);
    add_to(&values[METRIC_CHILDREN_PYMALLOC_FREE], owners[METRIC_OWNER_PYMALLOC_FREE_BLOCKS] +
                                                       owners[METRIC_OWNER_PYMALLOC_FREE_POOLS] +
                                                       owners[METRIC_OWNER_PYMALLOC_HEADERS]);
    add_to(&values[METRIC_CHILDREN_RELEASABLE], owners[METRIC_OWNER_MALLOC_RELEASABLE]);
    add_to(&values[METRIC_CHILDREN_PINNED], owners[METRIC_OWNER_MALLOC_PINNED]);
    add_to(&values[METRIC_CHILDREN_UNSPLIT], owners[METRIC_OWNER_MALLOC_UNSPLIT]);
    return 0;
}
