// A worker as who minds it sees it: the other end of the batch protocol, whatever runs there.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tiledir::engine
{

/// Open from its making on; the worker ends with the object. For one thread.
class WorkerLink
{
public:
    WorkerLink() = default;
    WorkerLink(const WorkerLink &) = delete;
    WorkerLink &operator=(const WorkerLink &) = delete;
    virtual ~WorkerLink() = default;

    /// Sends a line. Of a worker that has ended nothing comes of it.
    virtual void send(const std::string &line) = 0;
    /// The next line; nullopt where none comes in time, or none will come any more: has_closed().
    virtual std::optional<std::string> read_line(std::chrono::milliseconds time) = 0;
    virtual bool has_closed() const = 0;
    /// Bytes that it holds; 0 where that is not known.
    virtual std::int64_t memory() const = 0;
    /// It says what it has made, and ends.
    virtual void ask_to_stop() = 0;
    /// It ends at once.
    virtual void kill() = 0;

    /// How a worker ended.
    struct End
    {
        int exit_code = 0;
        int signal = 0; ///< 0: it exited
    };
    /// Waits for the end of a worker that has_closed() or that was killed.
    virtual End wait() = 0;
};

/// Starts a worker. Throws StoreError where none can be started.
using StartWorker = std::function<std::unique_ptr<WorkerLink>()>;

} // namespace tiledir::engine
