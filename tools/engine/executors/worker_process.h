// A child process that speaks the batch protocol on its standard input and output.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// Started by the constructor; it ends with the object, killed where it does not end by itself. It ends, too, when this
/// process does, in whatever way: its input then ends. For one thread.
class WorkerProcess
{
public:
    /// `command`: this program's own arguments, after its name. Throws StoreError where no process can be started.
    explicit WorkerProcess(const std::vector<std::string> &command);
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess &) = delete;
    WorkerProcess &operator=(const WorkerProcess &) = delete;

    pid_t id() const { return m_process; }
    /// Sends a line. Of a process that has ended nothing comes of it.
    void send(const std::string &line);
    /// The next line; nullopt where none comes in time, or none will come any more: has_closed().
    std::optional<std::string> read_line(std::chrono::milliseconds time);
    bool has_closed() const { return m_closed; }
    void signal(int number) const;

    /// How a process ended.
    struct End
    {
        int exit_code = 0;
        int signal = 0; ///< 0: it exited
    };
    /// Waits for the end of a process that has_closed() or that was killed.
    End wait();

private:
    pid_t m_process = -1;
    int m_socket = -1;
    bool m_closed = false;
    std::string m_read; ///< what came after the last line
};

/// `SIGSEGV` and the like.
std::string signal_name(int number);

} // namespace tiledir::engine
