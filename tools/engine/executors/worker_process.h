// A child process that speaks the batch protocol on its standard input and output.
#pragma once

#include "tools/engine/executors/worker_link.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace tiledir::engine
{

/// Started by the constructor; it ends with the object, killed where it does not end by itself. It ends, too, when this
/// process does, in whatever way: its input then ends. For one thread.
class WorkerProcess : public WorkerLink
{
public:
    /// `command`: this program's own arguments, after its name. Throws StoreError where no process can be started.
    explicit WorkerProcess(const std::vector<std::string> &command);
    ~WorkerProcess() override;
    WorkerProcess(const WorkerProcess &) = delete;
    WorkerProcess &operator=(const WorkerProcess &) = delete;

    void send(const std::string &line) override;
    std::optional<std::string> read_line(std::chrono::milliseconds time) override;
    bool has_closed() const override { return m_closed; }
    std::int64_t memory() const override;
    void ask_to_stop() override;
    void kill() override;
    End wait() override;

private:
    void signal(int number) const;

    pid_t m_process = -1;
    int m_socket = -1;
    bool m_closed = false;
    std::string m_read; ///< what came after the last line
};

} // namespace tiledir::engine
