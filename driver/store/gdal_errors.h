// GDAL's errors as text for our exceptions.
#pragma once

#include "stac/error.h"

#include <cpl_error.h>

#include <string>

namespace tiledir::store
{

/// While it lives, this thread's GDAL errors are collected and not printed; afterwards GDAL's last error is again what
/// it was before.
class GdalErrors
{
public:
    GdalErrors();
    ~GdalErrors();
    GdalErrors(const GdalErrors &) = delete;
    GdalErrors &operator=(const GdalErrors &) = delete;

    /// A CE_Failure or CE_Fatal was raised.
    bool failed() const { return m_failed; }
    /// One line: the first failure, else the first warning, else `otherwise`.
    std::string cause(const std::string &otherwise) const;
    /// The cause without `path` in front, which GDAL sometimes puts there.
    std::string cause_at(const std::string &path) const;

private:
    static void CPL_STDCALL collect(CPLErr type, CPLErrorNum number, const char *message);

    CPLErr m_type_before;
    CPLErrorNum m_number_before;
    std::string m_message_before;
    bool m_failed = false;
    std::string m_failure;
    std::string m_warning;
};

/// A failure in GDAL's words, with what kind these tell of: HTTP statuses, libcurl's words, a path over a network. Here
/// alone are words of others looked at for what they mean. `path`: empty where the words have it.
TileError gdal_failure(const std::string &path, const std::string &what);

/// Of an HTTP status; Other for one that tells of no failure.
ErrorKind kind_of_http_status(int status);

} // namespace tiledir::store
