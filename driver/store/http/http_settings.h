// How HTTP requests are made: GDAL's own configuration options, as they are when a path is read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tiledir::store
{

/// Times in seconds. An empty text leaves libcurl's default.
struct HttpSettings
{
    int retries = 3;          ///< GDAL_HTTP_MAX_RETRY; after the first attempt
    double retry_delay = 0.2; ///< GDAL_HTTP_RETRY_DELAY; doubled at each retry, and jittered
    double patience = 0;      ///< TILEDIR_HTTP_PATIENCE; so long requests are made again that were too many
                              ///< (429, 503), or whose credentials are not known any more;
                              ///< above 0 a server's pace is kept too
    double timeout = 0;       ///< GDAL_HTTP_TIMEOUT; of a whole request, 0: none
    double connect_timeout = 30;
    long low_speed_limit = 1;                    ///< GDAL_HTTP_LOW_SPEED_LIMIT, bytes a second
    long low_speed_time = 10;                    ///< GDAL_HTTP_LOW_SPEED_TIME; slower for so long is a failure
    bool has_codes = false;                      ///< the server is a store's: see HttpResponse::has_codes
    int max_connections = 64;                    ///< TILEDIR_MAX_CONNECTIONS; requests under way at once
    std::size_t max_body = std::size_t{1} << 30; ///< bytes; more is a failure
    bool verify_peer = true;                     ///< unless GDAL_HTTP_UNSAFESSL
    std::string certificates;                    ///< CURL_CA_BUNDLE or SSL_CERT_FILE
    std::string proxy;                           ///< GDAL_HTTP_PROXY
    std::string https_proxy;                     ///< GDAL_HTTPS_PROXY
    std::string proxy_user;                      ///< GDAL_HTTP_PROXYUSERPWD
    std::string user;                            ///< GDAL_HTTP_USERPWD
    std::string cookie;                          ///< GDAL_HTTP_COOKIE
    std::string netrc_file;                      ///< GDAL_HTTP_NETRC_FILE
    bool netrc = true;                           ///< GDAL_HTTP_NETRC
    std::string user_agent;                      ///< GDAL_HTTP_USERAGENT
    std::vector<std::string> headers;            ///< GDAL_HTTP_HEADERS, GDAL_HTTP_HEADER_FILE, GDAL_HTTP_BEARER
};

/// The options of a path, as VSISetPathSpecificOption() may have set them, else the thread's or the process's.
HttpSettings http_settings_of(const std::string &path);

} // namespace tiledir::store
