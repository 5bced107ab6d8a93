#include "driver/store/http_client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cmath>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <utility>

namespace tiledir::store
{

namespace
{

using Clock = std::chrono::steady_clock;

constexpr int kMaxWait = 1000;   ///< milliseconds between two looks at what is delayed
constexpr double kMaxDelay = 30; ///< seconds before a retry

struct CloseEasy
{
    void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
};
struct FreeList
{
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};

bool may_pass(long status)
{
    return status == 0 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}

bool is_slow_down(long status)
{
    return status == 429 || status == 503;
}

double delay_before(int attempt, double first)
{
    thread_local std::minstd_rand random(std::random_device{}());
    const double jitter = std::uniform_real_distribution<double>(0.5, 1.5)(random);
    return std::min(kMaxDelay, first * std::ldexp(1.0, std::min(attempt - 1, 16))) * jitter;
}

} // namespace

/// A multi handle: libcurl keeps the connections in it.
class HttpClient::Connections
{
public:
    Connections()
        : m_multi(curl_multi_init())
    {
        if (m_multi == nullptr)
            throw StoreError("libcurl cannot start");
        curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, 128L);
    }
    ~Connections() { curl_multi_cleanup(m_multi); }
    Connections(const Connections &) = delete;
    Connections &operator=(const Connections &) = delete;
    CURLM *get() const { return m_multi; }

private:
    CURLM *m_multi;
};

/// What calls share one after the other.
class HttpClient::Pool
{
public:
    /// Connections that nobody uses. Those of a process that this one was forked from are left to it.
    std::unique_ptr<Connections> take()
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (m_process != getpid())
        {
            for (auto &idle : m_idle)
                idle.release(); // NOLINT(bugprone-unused-return-value): not ours to close
            m_idle.clear();
            m_process = getpid();
        }
        if (m_idle.empty())
            return std::make_unique<Connections>();
        auto connections = std::move(m_idle.back());
        m_idle.pop_back();
        return connections;
    }
    void give_back(std::unique_ptr<Connections> connections)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_idle.push_back(std::move(connections));
    }

    /// Requests that may be under way in a call: halved by a server that is asked for too much, then slowly raised.
    int limit(int most) const { return std::min(most, std::max(1, m_limit.load() / kSteps)); }
    void note(long status, int most)
    {
        const int now = limit(most) * kSteps;
        if (is_slow_down(status))
            m_limit = std::max(kSteps, now / 2);
        else if (status != 0 && now < most * kSteps)
            m_limit = now + std::max(1, kSteps * kSteps / now);
    }

private:
    static constexpr int kSteps = 64; ///< of a request, so that a raise may be less than one
    std::mutex m_mutex;
    pid_t m_process = getpid();
    std::vector<std::unique_ptr<Connections>> m_idle;
    std::atomic<int> m_limit{1 << 20};
};

namespace
{

/// One attempt that is under way.
struct Transfer
{
    std::size_t index = 0;
    int attempt = 1;
    std::unique_ptr<CURL, CloseEasy> easy;
    std::unique_ptr<curl_slist, FreeList> headers;
    HttpResponse response;
    std::size_t max_body = 0;
    bool too_large = false;
    std::array<char, CURL_ERROR_SIZE> error{};
};

std::size_t take_body(char *data, std::size_t size, std::size_t count, void *transfer)
{
    auto &self = *static_cast<Transfer *>(transfer);
    auto &response = self.response;
    self.too_large = response.body.size() + size * count > self.max_body;
    if (self.too_large)
        return 0;
    try
    {
        const auto *bytes = reinterpret_cast<unsigned char *>(data);
        response.body.insert(response.body.end(), bytes, bytes + size * count);
    }
    catch (const std::bad_alloc &)
    {
        return 0;
    }
    return size * count;
}

std::size_t take_header(char *data, std::size_t size, std::size_t count, void *transfer)
{
    auto &response = static_cast<Transfer *>(transfer)->response;
    std::string line(data, size * count);
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0)
        line.pop_back();
    if (line.rfind("HTTP/", 0) == 0)
        response.etag.clear(); // of an answer that led elsewhere
    const auto colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto begin = colon == std::string::npos ? colon : line.find_first_not_of(" \t", colon + 1);
    if (begin == std::string::npos)
        return size * count;
    if (name == "etag")
        response.etag = line.substr(begin);
    if (name == "content-length")
        response.body.reserve(std::min<std::size_t>(std::strtoull(line.c_str() + begin, nullptr, 10), 64 << 20));
    return size * count;
}

void set_text(CURL *easy, CURLoption option, const std::string &text)
{
    if (!text.empty())
        curl_easy_setopt(easy, option, text.c_str());
}

long milliseconds(double seconds)
{
    return std::lround(std::min(seconds, 1e6) * 1000);
}

void set_options(Transfer &transfer, const HttpSettings &settings, const HttpRequest &request)
{
    CURL *easy = transfer.easy.get();
    const bool https = request.url.rfind("https:", 0) == 0;
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error.data());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
    // A redirect never leaves HTTP.
    const long protocols = CURLPROTO_HTTP | CURLPROTO_HTTPS;
#if LIBCURL_VERSION_NUM >= 0x075500
    static_cast<void>(protocols);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, protocols);
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, protocols);
#endif
    transfer.max_body = settings.max_body;
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, https ? 1L : 0L); // HTTP/2 where the server has it
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(settings.timeout));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(settings.connect_timeout));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, settings.low_speed_limit);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, settings.low_speed_time);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, settings.verify_peer ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, settings.verify_peer ? 2L : 0L);
    set_text(easy, CURLOPT_CAINFO, settings.certificates);
    set_text(easy, CURLOPT_PROXY, https && !settings.https_proxy.empty() ? settings.https_proxy : settings.proxy);
    set_text(easy, CURLOPT_PROXYUSERPWD, settings.proxy_user);
    set_text(easy, CURLOPT_USERPWD, settings.user);
    set_text(easy, CURLOPT_COOKIE, settings.cookie);
    set_text(easy, CURLOPT_USERAGENT, settings.user_agent);
    set_text(easy, CURLOPT_NETRC_FILE, settings.netrc_file);
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(settings.netrc ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED));
    for (const auto *headers : {&settings.headers, &request.headers})
        for (const std::string &header : *headers)
        {
            curl_slist *longer = curl_slist_append(transfer.headers.get(), header.c_str());
            if (longer == nullptr)
                throw std::bad_alloc();
            static_cast<void>(transfer.headers.release());
            transfer.headers.reset(longer);
        }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
}

} // namespace

/// One call of get().
class HttpClient::Batch
{
public:
    Batch(Pool &pool, Connections &connections, const HttpSettings &settings, const MakeRequest &make, const Done &done)
        : m_pool(pool)
        , m_multi(connections.get())
        , m_settings(settings)
        , m_make(make)
        , m_done(done)
    {
    }
    ~Batch()
    {
        for (const auto &[easy, transfer] : m_under_way)
            curl_multi_remove_handle(m_multi, easy);
    }
    Batch(const Batch &) = delete;
    Batch &operator=(const Batch &) = delete;

    void run(std::size_t count)
    {
        std::size_t next = 0;
        while (next < count || !m_under_way.empty() || !m_delayed.empty())
        {
            const auto room = [this]
            { return static_cast<int>(m_under_way.size()) < m_pool.limit(m_settings.max_connections); };
            for (const auto now = Clock::now(); room() && !m_delayed.empty() && m_delayed.begin()->first <= now;)
            {
                const auto [index, attempt] = m_delayed.begin()->second;
                m_delayed.erase(m_delayed.begin());
                start(index, attempt);
            }
            while (room() && next < count)
                start(next++, 1);
            advance();
        }
    }

private:
    void start(std::size_t index, int attempt)
    {
        auto transfer = std::make_unique<Transfer>();
        transfer->index = index;
        transfer->attempt = attempt;
        if (m_unused.empty())
        {
            transfer->easy.reset(curl_easy_init());
        }
        else
        {
            transfer->easy = std::move(m_unused.back());
            m_unused.pop_back();
            curl_easy_reset(transfer->easy.get());
        }
        if (transfer->easy == nullptr)
            throw std::bad_alloc();
        set_options(*transfer, m_settings, m_make(index));
        CURL *easy = transfer->easy.get();
        m_under_way.emplace(easy, std::move(transfer));
        curl_multi_add_handle(m_multi, easy);
    }

    void advance()
    {
        int running = 0;
        curl_multi_perform(m_multi, &running);
        bool ended = false;
        int left = 0;
        while (const CURLMsg *message = curl_multi_info_read(m_multi, &left))
            if (message->msg == CURLMSG_DONE)
            {
                ended = true;
                finish(message->easy_handle, message->data.result);
            }
        if (ended)
            return;
        int wait = kMaxWait;
        if (!m_delayed.empty())
        {
            const auto until = m_delayed.begin()->first - Clock::now();
            const auto left_ms = std::chrono::duration_cast<std::chrono::milliseconds>(until).count() + 1;
            wait = static_cast<int>(std::clamp<long long>(left_ms, 0, kMaxWait));
        }
        curl_multi_poll(m_multi, nullptr, 0, wait, nullptr);
    }

    void finish(CURL *easy, CURLcode result)
    {
        const auto found = m_under_way.find(easy);
        const std::unique_ptr<Transfer> transfer = std::move(found->second);
        m_under_way.erase(found);
        curl_multi_remove_handle(m_multi, easy);
        HttpResponse &response = transfer->response;
        if (transfer->too_large)
            response.failure = "is larger than " + std::to_string(m_settings.max_body) + " bytes";
        else if (result == CURLE_OK)
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
        else
            response.failure = transfer->error[0] != '\0' ? transfer->error.data() : curl_easy_strerror(result);
        response.attempts = transfer->attempt;
        m_unused.push_back(std::move(transfer->easy));
        m_pool.note(response.status, m_settings.max_connections);
        const bool again = may_pass(response.status) && !transfer->too_large;
        if (again && transfer->attempt <= m_settings.retries)
        {
            const std::chrono::duration<double> delay(delay_before(transfer->attempt, m_settings.retry_delay));
            m_delayed.emplace(Clock::now() + std::chrono::duration_cast<Clock::duration>(delay),
                              std::pair(transfer->index, transfer->attempt + 1));
            return;
        }
        m_done(transfer->index, std::move(response));
    }

    Pool &m_pool;
    CURLM *m_multi;
    const HttpSettings &m_settings;
    const MakeRequest &m_make;
    const Done &m_done;
    std::map<CURL *, std::unique_ptr<Transfer>> m_under_way;
    std::multimap<Clock::time_point, std::pair<std::size_t, int>> m_delayed; ///< index and attempt
    std::vector<std::unique_ptr<CURL, CloseEasy>> m_unused;
};

HttpClient::HttpClient()
    : m_pool(std::make_unique<Pool>())
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

HttpClient &HttpClient::of_process()
{
    // Never destroyed: at the process's end the TLS library may be gone before it.
    static HttpClient &client = *new HttpClient;
    return client;
}

void HttpClient::get(std::size_t count, const HttpSettings &settings, const MakeRequest &make, const Done &done)
{
    auto connections = m_pool->take();
    {
        Batch batch(*m_pool, *connections, settings, make, done);
        batch.run(count); // what it throws closes the connections
    }
    m_pool->give_back(std::move(connections));
}

} // namespace tiledir::store
