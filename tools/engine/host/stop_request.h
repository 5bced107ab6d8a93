// SIGINT and SIGTERM ask a run to stop; it ends in order and can be resumed.
#pragma once

#include <atomic>
#include <functional>
#include <string>

namespace tiledir::engine
{

/// Catches SIGINT and SIGTERM from now on. A second signal ends the process at once.
void catch_stop_signals();

/// For a worker: SIGTERM alone asks; SIGINT, which a terminal sends to all, is for its parent to pass on.
void catch_termination();

/// Whether work is asked to stop; handed down to whoever does it, for any thread.
class StopToken
{
public:
    StopToken() = default; ///< of nobody: never asked
    /// `signal`: 0 until it asks; lives longer than the token.
    explicit StopToken(const std::atomic<int> &signal)
        : m_signal(&signal)
    {
    }
    /// The signal that asked; 0 while none did.
    int signal() const { return m_signal == nullptr ? 0 : m_signal->load(); }
    bool is_asked() const { return signal() != 0; }

private:
    const std::atomic<int> *m_signal = nullptr;
};

/// Asked by the signals of this process, once they are caught.
StopToken stop_signals();

/// `SIGSEGV` and the like.
std::string signal_name(int number);

/// Waits; false, and at once, where the work is to stop.
bool pause(double seconds, const std::function<bool()> &stopping);

} // namespace tiledir::engine
