#include "faults/fault_vfs.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <stdexcept>

#include "base/error.h"

namespace bess::test {

namespace {

/// The file of the real layer follows in the same memory.
struct FaultFile {
  sqlite3_file base;
  const char* name;  ///< SQLite keeps it as long as the file is open
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<FaultFile*>(file)->real(); }
sqlite3_vfs* real(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int counted(bool is_write) { return FaultVfs::instance().count(is_write); }

int file_close(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int file_read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), to, size, at); }
int file_write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  const int result = FaultVfs::instance().count_write(reinterpret_cast<FaultFile*>(f)->name, at + size);
  return result != SQLITE_OK ? result : real(f)->pMethods->xWrite(real(f), from, size, at);
}
int file_truncate(sqlite3_file* f, sqlite3_int64 size) {
  const int result = counted(false);
  return result != SQLITE_OK ? result : real(f)->pMethods->xTruncate(real(f), size);
}
int file_sync(sqlite3_file* f, int flags) {
  const int result = counted(false);
  const char* name = reinterpret_cast<FaultFile*>(f)->name;
  FaultVfs::instance().note("sync " + (name == nullptr ? std::string("temporary") : std::filesystem::path(name).filename().string()));
  return result != SQLITE_OK ? result : real(f)->pMethods->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int file_lock(sqlite3_file* f, int kind) { return real(f)->pMethods->xLock(real(f), kind); }
int file_unlock(sqlite3_file* f, int kind) { return real(f)->pMethods->xUnlock(real(f), kind); }
int file_check_lock(sqlite3_file* f, int* result) { return real(f)->pMethods->xCheckReservedLock(real(f), result); }
int file_control(sqlite3_file* f, int what, void* argument) { return real(f)->pMethods->xFileControl(real(f), what, argument); }
int file_sector(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int file_traits(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int file_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** memory) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, memory);
}
int file_shm_lock(sqlite3_file* f, int offset, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), offset, n, flags); }
void file_shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int file_shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

const sqlite3_io_methods methods{2,           file_close,   file_read,     file_write,       file_truncate,  file_sync,
                                 file_size,   file_lock,    file_unlock,   file_check_lock,  file_control,   file_sector,
                                 file_traits, file_shm_map, file_shm_lock, file_shm_barrier, file_shm_unmap, nullptr,
                                 nullptr};

int vfs_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  reinterpret_cast<FaultFile*>(file)->name = name;
  if ((flags & SQLITE_OPEN_CREATE) != 0 && counted(false) != SQLITE_OK) return SQLITE_CANTOPEN;
  const int result = real(vfs)->xOpen(real(vfs), name, real(file), flags, out_flags);
  if (real(file)->pMethods != nullptr) file->pMethods = &methods;
  return result;
}

int vfs_delete(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  const int result = counted(false);
  return result != SQLITE_OK ? SQLITE_IOERR_DELETE : real(vfs)->xDelete(real(vfs), name, sync_directory);
}

// The rest goes to the real layer, which must be given its own object.
int vfs_access(sqlite3_vfs* vfs, const char* name, int flags, int* result) { return real(vfs)->xAccess(real(vfs), name, flags, result); }
int vfs_full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) { return real(vfs)->xFullPathname(real(vfs), name, size, out); }
int vfs_randomness(sqlite3_vfs* vfs, int size, char* out) { return real(vfs)->xRandomness(real(vfs), size, out); }
int vfs_sleep(sqlite3_vfs* vfs, int microseconds) { return real(vfs)->xSleep(real(vfs), microseconds); }
int vfs_time(sqlite3_vfs* vfs, double* time) { return real(vfs)->xCurrentTime(real(vfs), time); }
int vfs_last_error(sqlite3_vfs* vfs, int size, char* out) { return real(vfs)->xGetLastError(real(vfs), size, out); }
int vfs_time64(sqlite3_vfs* vfs, sqlite3_int64* time) { return real(vfs)->xCurrentTimeInt64(real(vfs), time); }

}  // namespace

FaultVfs::FaultVfs() {
  static const std::string registered_name = name();
  static sqlite3_vfs vfs{};
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  vfs.iVersion = 2;
  vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + system->szOsFile;
  vfs.mxPathname = system->mxPathname;
  vfs.zName = registered_name.c_str();
  vfs.pAppData = system;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  vfs.xFullPathname = vfs_full_path;
  vfs.xRandomness = vfs_randomness;
  vfs.xSleep = vfs_sleep;
  vfs.xCurrentTime = vfs_time;
  vfs.xGetLastError = vfs_last_error;
  vfs.xCurrentTimeInt64 = vfs_time64;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw std::runtime_error("the fault layer could not be registered");
}

FaultVfs& FaultVfs::instance() {
  static FaultVfs only;
  return only;
}

void FaultVfs::arm(Fault fault, long at) {
  fault_ = Fault::none;
  operations_ = 0;
  struck_ = false;
  at_ = at;
  fault_ = fault;
  const std::scoped_lock lock(mutex_);
  steps_.clear();
}

void FaultVfs::note(std::string step) {
  const std::scoped_lock lock(mutex_);
  steps_.push_back(std::move(step));
}

std::vector<std::string> FaultVfs::durable_steps() const {
  const std::scoped_lock lock(mutex_);
  return steps_;
}

int FaultVfs::count_write(const char* file, long long end) {
  if (fault_ != Fault::no_growth) return count(true);
  ++operations_;
  struct stat status{};
  constexpr long long block = 512;  // the unit of st_blocks
  const bool has_room = file == nullptr || (::stat(file, &status) == 0 && end <= status.st_blocks * block);
  if (has_room) return SQLITE_OK;
  struck_ = true;
  return SQLITE_FULL;
}

int FaultVfs::count(bool is_write) {
  const Fault fault = fault_;
  if (fault == Fault::no_growth) return SQLITE_OK;
  // A full disk is met by writes; other operations are not counted then, so that every write has its turn.
  if ((fault == Fault::full_once || fault == Fault::full_from_now) && !is_write) return SQLITE_OK;
  const long now = ++operations_;
  const bool due = fault == Fault::full_from_now ? now >= at_ : now == at_;
  if (fault == Fault::none || !due) return SQLITE_OK;
  struck_ = true;
  if (fault == Fault::kill) ::kill(::getpid(), SIGKILL);
  return fault == Fault::io_error ? SQLITE_IOERR_WRITE : SQLITE_FULL;
}

void FaultVfs::step(std::string_view name) {
  note(std::string(name));
  switch (count(true)) {
    case SQLITE_OK:
      return;
    case SQLITE_FULL:
      throw Exception("disk_full", "no room for the step " + std::string(name));
    default:
      throw Exception("store_io", "input/output error at the step " + std::string(name));
  }
}

}  // namespace bess::test
