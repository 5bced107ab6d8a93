#include "tools/engine/executors/worker_process.h"

#include "stac/error.h"
#include "tools/engine/host/memory.h"

#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace tiledir::engine
{
namespace
{

constexpr std::chrono::milliseconds kTimeToEnd{1000};

/// With `end` as its standard input and output; everything else of this process is closed there.
int spawn(std::vector<std::string> &command, int end, pid_t &process)
{
    std::vector<char *> arguments;
    arguments.reserve(command.size() + 1);
    for (auto &argument : command)
    {
        arguments.push_back(argument.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
    const int error = posix_spawn(&process, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

} // namespace

WorkerProcess::WorkerProcess(const std::vector<std::string> &command)
{
    std::array<int, 2> ends{-1, -1};
    int error = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0 ? 0 : errno;
    if (error == 0)
    {
        std::vector<std::string> arguments{"tiledir"};
        arguments.insert(arguments.end(), command.begin(), command.end());
        error = spawn(arguments, ends[1], m_process);
        close(ends[1]);
        m_socket = ends[0];
    }
    if (error != 0)
    {
        if (m_socket >= 0)
        {
            close(m_socket);
        }
        throw StoreError(fmt::format("executor: a worker process cannot be started: {}", std::strerror(error)));
    }
}

WorkerProcess::~WorkerProcess()
{
    if (m_process > 0)
    {
        shutdown(m_socket, SHUT_WR);
        const auto end = std::chrono::steady_clock::now() + kTimeToEnd;
        while (!m_closed && std::chrono::steady_clock::now() < end)
        {
            read_line(kTimeToEnd);
        }
        if (!m_closed)
        {
            signal(SIGKILL);
        }
        wait();
    }
    close(m_socket);
}

void WorkerProcess::send(const std::string &line)
{
    const std::string text = line + "\n";
    std::size_t sent = 0;
    while (sent < text.size())
    {
        const ssize_t count = ::send(m_socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
        {
            continue;
        }
        if (count < 0)
        {
            return; // it is gone: reading tells
        }
        sent += static_cast<std::size_t>(count);
    }
}

std::optional<std::string> WorkerProcess::read_line(std::chrono::milliseconds time)
{
    const auto until = std::chrono::steady_clock::now() + time;
    for (;;)
    {
        if (const auto end = m_read.find('\n'); end != std::string::npos)
        {
            std::string line = m_read.substr(0, end);
            m_read.erase(0, end + 1);
            return line;
        }
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (m_closed || left.count() < 0)
        {
            return std::nullopt;
        }
        pollfd waiting{m_socket, POLLIN, 0};
        if (poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
        {
            continue;
        }
        std::array<char, 65536> bytes{};
        const ssize_t count = read(m_socket, bytes.data(), bytes.size());
        if (count > 0)
        {
            m_read.append(bytes.data(), static_cast<std::size_t>(count));
        }
        else if (count == 0 || errno != EINTR)
        {
            m_closed = true;
        }
    }
}

void WorkerProcess::signal(int number) const
{
    if (m_process > 0)
    {
        ::kill(m_process, number);
    }
}

std::int64_t WorkerProcess::memory() const
{
    return resident_memory(m_process);
}

void WorkerProcess::ask_to_stop()
{
    signal(SIGTERM);
}

void WorkerProcess::kill()
{
    signal(SIGKILL);
}

WorkerLink::End WorkerProcess::wait()
{
    int status = 0;
    while (m_process > 0 && waitpid(m_process, &status, 0) < 0 && errno == EINTR)
    {
    }
    m_process = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 0, WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

} // namespace tiledir::engine
