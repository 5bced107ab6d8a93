// A small HTTP server for tests of the store, in a thread of its own: objects in memory, conditions, answers as told.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tiledir::store
{

/// Keeps connections. Signatures are not looked at: S3 to those who sign, and any HTTP server to the others.
class ObjectServer
{
public:
    /// What becomes of a request.
    struct Answer
    {
        int status = 0;     ///< 0: what the request deserves; an absent object's code comes with it
        bool lost = false;  ///< it is done, and the connection ends without an answer
        bool cut = false;   ///< half of the body, then the connection ends
        std::string code{}; ///< S3's name of the error; none: the answer is that of a proxy, or of plain HTTP
        bool kept = false;  ///< it is done later, by do_kept(), and the connection ends without an answer
    };

    ObjectServer()
        : m_socket(socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        m_ready = bind(m_socket, reinterpret_cast<sockaddr *>(&address), length) == 0 && listen(m_socket, 16) == 0 &&
                  getsockname(m_socket, reinterpret_cast<sockaddr *>(&address), &length) == 0;
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { serve(); });
    }
    ~ObjectServer()
    {
        shutdown(m_socket, SHUT_RDWR);
        m_thread.join();
        close(m_socket);
        for (auto &[client, thread] : m_clients)
        {
            shutdown(client, SHUT_RDWR);
            thread.join();
            close(client);
        }
    }
    ObjectServer(const ObjectServer &) = delete;
    ObjectServer &operator=(const ObjectServer &) = delete;

    bool ready() const { return m_ready; }
    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }

    /// To every request from now on; {}: what it deserves.
    void always(const Answer &answer)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_always = answer;
    }
    /// To the next ones of this method, one each.
    void next(const std::string &method, const std::vector<Answer> &answers)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_next[method].insert(m_next[method].end(), answers.begin(), answers.end());
    }
    /// As proxies that compress do: what is written from now on has an ETag that fits no condition.
    void tag_weakly()
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_weak = true;
    }
    /// An object, by the path of its URL.
    void put(const std::string &path, const std::string &content)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        store(path, content);
    }
    void remove(const std::string &path)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_objects.erase(path);
    }
    std::string content(const std::string &path)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        return m_objects.count(path) > 0 ? m_objects[path].content : "absent";
    }
    /// "METHOD /path", and a condition's header after it.
    std::vector<std::string> requests()
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        return m_requests;
    }

    /// What was kept, now; the statuses that nobody hears of.
    std::vector<int> do_kept()
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        std::vector<int> statuses;
        std::string ignored;
        for (const Request &request : std::exchange(m_kept, {}))
        {
            statuses.push_back(do_it(request, ignored, ignored));
        }
        return statuses;
    }

private:
    struct Object
    {
        std::string content;
        std::string etag;
    };
    struct Request
    {
        std::string method;
        std::string path;
        std::string if_match;
        std::string if_none_match;
        std::string body;
    };

    void store(const std::string &path, const std::string &content)
    {
        m_objects[path] = {content, (m_weak ? "W/\"" : "\"") + std::to_string(++m_count) + "\""};
    }

    void serve()
    {
        for (;;)
        {
            const int client = accept(m_socket, nullptr, nullptr);
            if (client < 0)
            {
                return;
            }
            const std::lock_guard<std::mutex> lock(m_mutex);
            m_clients.emplace_back(client, std::thread([this, client] { talk(client); }));
        }
    }

    void talk(int client)
    {
        for (Request request; receive(client, request);)
        {
            bool ends = false;
            const std::string text = answer(request, ends);
            ::send(client, text.data(), text.size(), MSG_NOSIGNAL);
            if (ends)
            {
                break;
            }
        }
        shutdown(client, SHUT_RDWR);
    }

    static std::string header(const std::string &head, const std::string &name)
    {
        const auto at = std::search(head.begin(), head.end(), name.begin(), name.end(),
                                    [](char a, char b) { return std::tolower(a) == std::tolower(b); });
        if (at == head.end())
        {
            return {};
        }
        const auto value = at + static_cast<std::ptrdiff_t>(name.size());
        return {value, std::find(value, head.end(), '\r')};
    }

    static bool receive(int client, Request &request)
    {
        std::string text;
        const auto more = [&]
        {
            char buffer[4096];
            const ssize_t got = recv(client, buffer, sizeof buffer, 0);
            text.append(buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
            return got > 0;
        };
        while (text.find("\r\n\r\n") == std::string::npos)
        {
            if (!more())
            {
                return false;
            }
        }
        const std::size_t end = text.find("\r\n\r\n") + 2;
        const std::string head = text.substr(0, end);
        const std::size_t length = std::strtoul(header(head, "\r\ncontent-length: ").c_str(), nullptr, 10);
        while (text.size() < end + 2 + length)
        {
            if (!more())
            {
                return false;
            }
        }
        request.method = head.substr(0, head.find(' '));
        request.path = head.substr(request.method.size() + 1);
        request.path.resize(request.path.find_first_of(" ?"));
        request.if_match = header(head, "\r\nif-match: ");
        request.if_none_match = header(head, "\r\nif-none-match: ");
        request.body = text.substr(end + 2);
        return true;
    }

    static std::string error(const std::string &code)
    {
        return "<Error><Code>" + code + "</Code><Message>As told</Message></Error>";
    }

    /// `ends`: the connection does after it.
    std::string answer(const Request &request, bool &ends)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_requests.push_back(request.method + ' ' + request.path +
                             (request.if_match.empty() ? "" : " if-match " + request.if_match) +
                             (request.if_none_match.empty() ? "" : " if-none-match " + request.if_none_match));
        Answer told = m_always;
        auto &next = m_next[request.method];
        if (!next.empty())
        {
            told = next.front();
            next.pop_front();
        }
        std::string body;
        std::string etag;
        ends = told.lost || told.kept || told.cut;
        if (told.kept)
        {
            m_kept.push_back(request);
        }
        const int status = told.status != 0 || told.kept ? told.status : do_it(request, body, etag);
        if (told.lost || told.kept)
        {
            return {};
        }
        if (!told.code.empty())
        {
            body = error(told.code);
        }
        std::string text = "HTTP/1.1 " + std::to_string(status) + " Status\r\n" +
                           "Date: Wed, 21 Oct 2015 07:30:00 GMT\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n" +
                           (etag.empty() ? "" : "ETag: " + etag + "\r\n") +
                           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        if (request.method != "HEAD")
        {
            text += told.cut ? body.substr(0, body.size() / 2) : body;
        }
        return text;
    }

    int do_it(const Request &request, std::string &body, std::string &etag)
    {
        const auto found = m_objects.find(request.path);
        const bool there = found != m_objects.end();
        if ((request.if_none_match == "*" && there) ||
            (!request.if_match.empty() && (m_weak || !there || found->second.etag != request.if_match)))
        {
            return 412;
        }
        if (request.method == "PUT")
        {
            store(request.path, request.body);
        }
        else if (!there)
        {
            body = error("NoSuchKey");
            return 404;
        }
        else if (request.method == "DELETE")
        {
            m_objects.erase(found);
        }
        else
        {
            body = found->second.content;
        }
        etag = m_objects.count(request.path) > 0 ? m_objects[request.path].etag : "";
        return request.method == "DELETE" ? 204 : 200;
    }

    int m_socket;
    int m_port = 0;
    bool m_ready = false;
    std::thread m_thread;

    std::mutex m_mutex; ///< for what follows
    std::vector<std::pair<int, std::thread>> m_clients;
    std::map<std::string, Object> m_objects;
    int m_count = 0;
    bool m_weak = false;
    Answer m_always;
    std::map<std::string, std::deque<Answer>> m_next;
    std::vector<std::string> m_requests;
    std::vector<Request> m_kept;
};

} // namespace tiledir::store
