// A pass over many tiles on several threads.
#pragma once

#include <cpl_progress.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace tiledir::raster
{

/// Asked from time to time with what part is done, from 0 to 1; false: to be ended.
using GoOn = std::function<bool(double done)>;

/// GDAL's progress function, told of the part from `from` to `to`; null: to the end.
GoOn asking(GDALProgressFunc progress, void *progress_data, double from = 0, double to = 1);

/// Counts what is done and asks whether to go on, which only the thread does that made it: who gave `go_on` need not
/// know of others. All functions may be called from many threads, on_threads() and for_each() from that one.
class TilePass
{
public:
    /// `name`: what is ended, for a message. `tiles`: that there are, at least one counts. No `go_on`: to the end.
    TilePass(std::string name, double tiles, GoOn go_on);

    /// Calls `work` on up to so many threads, this one among them; it takes what there is to do until nothing is left
    /// or is_stopped(). What one of them throws stops the others, and is thrown once all have returned.
    void on_threads(std::int64_t threads, const std::function<void()> &work);
    /// Calls `work` with 0 to count - 1 in the same way, until that is_stopped().
    void for_each(std::int64_t count, std::int64_t threads, const std::function<void(std::int64_t)> &work);

    /// So many tiles more are.
    void done(std::int64_t tiles = 1);
    bool is_stopped() const { return m_stopped; }
    /// Throws Interrupted where it is stopped.
    void check() const;

private:
    const std::string m_name;
    const double m_all;
    const GoOn m_go_on;
    const std::thread::id m_caller = std::this_thread::get_id();
    std::atomic<std::int64_t> m_done{0};
    std::atomic<bool> m_stopped{false};
};

} // namespace tiledir::raster
