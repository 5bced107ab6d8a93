// Objects over HTTP: read, looked at, and on S3 written and deleted, with conditions.
#pragma once

#include "driver/store/http/http_client.h"
#include "driver/store/network/known_stamps.h"
#include "driver/store/network/network_place.h"
#include "driver/store/store.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tiledir::store
{

/// What VsiStore does where GDAL has URLs of the objects. The functions are those of a Store, with its errors; what may
/// pass was tried again before. May be used by many threads.
class HttpObjects
{
public:
    struct State
    {
        Stamp stamp;
        Seconds age;
    };

    /// Null where GDAL signs no URLs.
    static std::unique_ptr<HttpObjects> open(const std::string &root);

    HttpObjects(const std::string &root, NetworkPlace place);

    std::optional<StampedObject> read(const std::string &key) const;
    std::optional<State> state(const std::string &key) const;

    /// Are the functions that follow there? Else GDAL writes: not on S3, or with headers that signatures must hold.
    bool can_write() const;
    bool has_conditions() const { return m_has_conditions; }

    /// On condition that the object is as this process saw it last, or absent where it never did; else the server is
    /// asked how it is. So a copy that comes late, after its answer was lost, replaces nothing that is newer.
    void write(const std::string &key, std::string_view data);
    void write_tile(const std::string &key, std::string_view data, Replacing replacing);
    bool write_if(const std::string &key, std::string_view data, const std::optional<Stamp> &before);
    /// In the manner of write(). Does not tell whether it was there.
    void remove(const std::string &key);
    bool remove_if(const std::string &key, const std::optional<Stamp> &before);

private:
    std::string path(const std::string &key) const { return m_root + '/' + key; }
    /// GDAL follows a bucket into its region, and signs for it from then on.
    HttpResponse ask(const std::string &key, const HttpRequest &request) const;
    HttpResponse ask_once(const std::string &key, const HttpRequest &request) const;
    HttpResponse change(const std::string &key, const HttpRequest &request) const;
    void write_blindly(const std::string &key, std::string_view data);
    HttpResponse put(const std::string &key, std::string_view data, const std::optional<Stamp> &before);
    HttpResponse drop(const std::string &key, const std::optional<Stamp> &before);
    bool is_there(const std::string &key, const HttpResponse &response) const;
    std::optional<Stamp> held(const std::string &key, std::string_view data) const;
    Stamp replace(const std::string &key, std::string_view data, std::optional<Stamp> before, bool same_is_own);

    std::string m_root; ///< without a '/' at its end
    NetworkPlace m_place;
    mutable std::atomic<bool> m_has_bucket{false};   ///< the server has said so
    std::atomic<bool> m_has_conditions{true};        ///< the server has not said yet that it knows none of a PUT
    std::atomic<bool> m_has_delete_conditions{true}; ///< the server has not said yet that it knows none of a DELETE
    mutable KnownStamps m_known;
};

} // namespace tiledir::store
