#include "driver/store/gdal_errors.h"

#include <algorithm>

namespace tiledir::store
{

GdalErrors::GdalErrors()
    : m_type_before(CPLGetLastErrorType())
    , m_number_before(CPLGetLastErrorNo())
    , m_message_before(CPLGetLastErrorMsg())
{
    CPLPushErrorHandlerEx(collect, this);
}

GdalErrors::~GdalErrors()
{
    CPLPopErrorHandler();
    CPLErrorSetState(m_type_before, m_number_before, m_message_before.c_str());
}

void CPL_STDCALL GdalErrors::collect(CPLErr type, CPLErrorNum, const char *message)
{
    auto *self = static_cast<GdalErrors *>(CPLGetErrorHandlerUserData());
    if (type == CE_Failure || type == CE_Fatal)
    {
        self->m_failed = true;
        if (self->m_failure.empty())
            self->m_failure = message;
    }
    else if (type == CE_Warning && self->m_warning.empty())
    {
        self->m_warning = message;
    }
}

std::string GdalErrors::cause(const std::string &otherwise) const
{
    std::string text = !m_failure.empty() ? m_failure : !m_warning.empty() ? m_warning : otherwise;
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string GdalErrors::cause_at(const std::string &path) const
{
    const std::string text = cause("unknown cause");
    const std::string prefix = path + ": ";
    return text.rfind(prefix, 0) == 0 ? text.substr(prefix.size()) : text;
}

} // namespace tiledir::store
