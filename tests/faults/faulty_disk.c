/* Lets the n-th call that changes a file below one folder fail: loaded before the C library (ld.so(8), LD_PRELOAD). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long calls, first, failed;
static int error_number, keeps_failing, is_short;

/* Counts from now on; with `nth` 0 nothing fails. `keeps` says that all later calls fail, too, and `shortened` that
   the n-th one writes half of what it should. */
void disk_arm(const char *path, long nth, int number, int keeps, int shortened)
{
    snprintf(folder, sizeof folder, "%s/", path);
    calls = failed = 0;
    first = nth;
    error_number = number;
    keeps_failing = keeps;
    is_short = shortened;
}

void disk_disarm(void) { first = 0; }

long disk_calls(void) { return calls; }

long disk_failures(void) { return failed; }

static int is_ours(const char *path) { return folder[0] && strncmp(path, folder, strlen(folder)) == 0; }

static int is_our_descriptor(int descriptor)
{
    char link[64], path[PATH_MAX];
    if (!folder[0])
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_ours(path);
}

/* What becomes of this call: 0 it goes through, 1 it fails, 2 it does half. */
static int verdict(void)
{
    calls++;
    if (!first || calls < first || (calls > first && !keeps_failing))
        return 0;
    failed++;
    if (is_short && calls == first)
        return 2;
    errno = error_number;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITING(name, offset_type)                                                                \
    ssize_t name(int descriptor, const void *data, size_t size, offset_type offset)               \
    {                                                                                             \
        int becomes = is_our_descriptor(descriptor) ? verdict() : 0;                              \
        if (becomes == 1)                                                                         \
            return -1;                                                                            \
        return REAL(name)(descriptor, data, becomes == 2 && size > 1 ? size / 2 : size, offset);  \
    }

WRITING(pwrite, off_t)
WRITING(pwrite64, off64_t)

ssize_t write(int descriptor, const void *data, size_t size)
{
    int becomes = is_our_descriptor(descriptor) ? verdict() : 0;
    if (becomes == 1)
        return -1;
    return REAL(write)(descriptor, data, becomes == 2 && size > 1 ? size / 2 : size);
}

/* What has no halves fails where a write would be short. */
#define FAILS(ours) ((ours) && verdict() && (errno = error_number))

int fsync(int descriptor) { return FAILS(is_our_descriptor(descriptor)) ? -1 : REAL(fsync)(descriptor); }

int fdatasync(int descriptor) { return FAILS(is_our_descriptor(descriptor)) ? -1 : REAL(fdatasync)(descriptor); }

int ftruncate(int descriptor, off_t size)
{
    return FAILS(is_our_descriptor(descriptor)) ? -1 : REAL(ftruncate)(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size)
{
    return FAILS(is_our_descriptor(descriptor)) ? -1 : REAL(ftruncate64)(descriptor, size);
}

#define OPENING(name)                                                       \
    int name(const char *path, int flags, ...)                              \
    {                                                                       \
        va_list rest;                                                       \
        va_start(rest, flags);                                              \
        mode_t mode = va_arg(rest, mode_t);                                 \
        va_end(rest);                                                       \
        /* Only one that makes a file takes room. */                        \
        if ((flags & O_CREAT) && is_ours(path) && access(path, F_OK) != 0)  \
        {                                                                   \
            if (verdict())                                                  \
            {                                                               \
                errno = error_number;                                       \
                return -1;                                                  \
            }                                                               \
        }                                                                   \
        return REAL(name)(path, flags, mode);                               \
    }

OPENING(open)
OPENING(open64)
